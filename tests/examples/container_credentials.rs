//! Does with the AWS SDK what `tests/container_credentials/run.py` asks: one line of input is a
//! prefix to write and to list, one of output the keys found there, or the code of the error.
//!
//! Region, endpoint and credentials come from the environment alone.

use std::error::Error;
use std::io::{Write, stdin, stdout};
use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::IdentityCache;
use aws_sdk_s3::error::ProvideErrorMetadata;
use aws_sdk_s3::primitives::ByteStream;
use lifeguard_aws::{Roots, http_client};

const BUCKET: &str = "lifeguard-files";
/// The SDK asks for new credentials this long before they expire. Unless told it is 10 s, longer
/// than these live, and each call would fetch its own.
const BEFORE: Duration = Duration::from_secs(2);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client(&Roots::System)?)
        .identity_cache(IdentityCache::lazy().buffer_time(BEFORE).build())
        .load()
        .await;
    let s3 = Client::new(&config);
    for line in stdin().lines() {
        let answer = match write_and_list(&s3, &line?).await {
            Ok(keys) => keys.join(" "),
            Err(error) => error.code().unwrap_or("no answer").to_owned(),
        };
        writeln!(stdout(), "{answer}")?;
    }
    Ok(())
}

async fn write_and_list(s3: &Client, prefix: &str) -> Result<Vec<String>, aws_sdk_s3::Error> {
    let body = ByteStream::from_static(b"by the SDK for Rust");
    s3.put_object().bucket(BUCKET).key(format!("{prefix}rust.txt")).body(body).send().await?;
    let listed = s3.list_objects_v2().bucket(BUCKET).prefix(prefix).send().await?;
    Ok(listed.contents().iter().filter_map(|item| item.key().map(str::to_owned)).collect())
}
