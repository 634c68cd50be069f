//! Chapter six: people of an own directory and of a trusted issuer, with files of their own too.

pub(crate) mod directory;
mod forgery;
mod issuer;
pub(crate) mod person;

use crate::steps::{Stopped, Tour};

pub(super) async fn play(tour: &mut Tour) -> Result<(), Stopped> {
    let pia = directory::play(tour).await?;
    let ravi = issuer::play(tour).await?;
    forgery::play(tour, &pia, &ravi).await
}
