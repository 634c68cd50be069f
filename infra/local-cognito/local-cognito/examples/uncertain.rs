//! A local Cognito with other readings of the points that AWS leaves open, and one function behind
//! an Invoke endpoint: `uncertain ENDPOINT FUNCTION [OPTION=READING]...`
//!
//! It prints its address and serves until its input ends. `infra/settle/tests` asks it what
//! `infra/settle` asks a real pool.

use std::error::Error;
use std::io::{Read, Write, stdin, stdout};
use std::sync::Arc;

use local_cognito::functions::Functions;
use local_cognito::identity_pool::Survivor;
use local_cognito::lambda::Endpoint;
use local_cognito::user_pool::{
    BothFlags, CodelessMessage, FakeUserName, HiddenDelivery, UndecidedDefine,
};
use local_cognito::{FunctionSource, StartOptions, start};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(endpoint), Some(function)) = (words.next(), words.next()) else {
        return Err("ENDPOINT and FUNCTION are missing".into());
    };
    let functions = Functions::default();
    let client = reqwest::Client::builder().no_proxy().build()?;
    functions.put(&function, Arc::new(Endpoint::new(client, &endpoint, &function)));
    let mut options =
        StartOptions { functions: FunctionSource::Given(functions), ..StartOptions::default() };
    for word in words {
        let (option, reading) = word.split_once('=').ok_or("an option has no reading")?;
        if !of_user_pools(&mut options, option, reading)?
            && !of_identity_pools(&mut options, option, reading)?
        {
            return Err(format!("there is no option {option}").into());
        }
    }
    let served = start(&options).await?;
    writeln!(stdout(), "{}", served.url())?;
    tokio::task::spawn_blocking(|| stdin().read_to_end(&mut Vec::new())).await??;
    served.shutdown().await?;
    Ok(())
}

/// Sets an option of the user pools; false if it is none of theirs.
fn of_user_pools(
    options: &mut StartOptions,
    option: &str,
    reading: &str,
) -> Result<bool, Box<dyn Error>> {
    let known = &mut options.user_pools.uncertain;
    let text = || reading.to_owned();
    match option {
        "attempts" => known.attempts = reading.parse()?,
        "time_out_kind" => known.time_out_kind = text(),
        "verified_without_address_kind" => known.verified_without_address_kind = text(),
        "unknown_response_keys_accepted" => known.unknown_response_keys_accepted = yes(reading)?,
        "added_nulls_accepted" => known.added_nulls_accepted = yes(reading)?,
        "pre_sign_up_for_taken_name" => known.pre_sign_up_for_taken_name = yes(reading)?,
        "codeless_message" => {
            known.codeless_message = match reading {
                "Refused" => CodelessMessage::Refused,
                "DefaultText" => CodelessMessage::DefaultText,
                _ => return unknown(reading),
            }
        }
        "admin_create_metadata_in_custom_message" => {
            known.admin_create_metadata_in_custom_message = yes(reading)?;
        }
        "pre_authentication_for_unconfirmed" => {
            known.pre_authentication_for_unconfirmed = yes(reading)?;
        }
        "post_authentication_after_new_password" => {
            known.post_authentication_after_new_password = yes(reading)?;
        }
        "pre_authentication_while_locked" => known.pre_authentication_while_locked = yes(reading)?,
        "pre_authentication_after_migration" => {
            known.pre_authentication_after_migration = yes(reading)?;
        }
        "define_after_wrong_password" => known.define_after_wrong_password = yes(reading)?,
        "session_beside_secret_block" => known.session_beside_secret_block = yes(reading)?,
        "secret_block_used_once" => known.secret_block_used_once = yes(reading)?,
        "custom_proof_needs_session" => known.custom_proof_needs_session = yes(reading)?,
        "unconfirmed_before_password" => known.unconfirmed_before_password = yes(reading)?,
        "hidden_delivery" => {
            known.hidden_delivery = match reading {
                "Simulated" => HiddenDelivery::Simulated,
                "Refused" => HiddenDelivery::Refused,
                _ => return unknown(reading),
            }
        }
        "unknown_user_text" => known.unknown_user_text = text(),
        "undecided_define" => {
            known.undecided_define = match reading {
                "Unrecognizable" => UndecidedDefine::Unrecognizable,
                "Fails" => UndecidedDefine::Fails,
                _ => return unknown(reading),
            }
        }
        "both_flags" => {
            known.both_flags = match reading {
                "FailWins" => BothFlags::FailWins,
                "IssueWins" => BothFlags::IssueWins,
                _ => return unknown(reading),
            }
        }
        "pre_authentication_in_custom_auth" => {
            known.pre_authentication_in_custom_auth = yes(reading)?;
        }
        "verify_without_answer" => known.verify_without_answer = yes(reading)?,
        "admin_reset_occasion" => known.admin_reset_occasion = text(),
        "unknown_user_name" => {
            known.unknown_user_name = match reading {
                "Fresh" => FakeUserName::Fresh,
                "Typed" => FakeUserName::Typed,
                "Stable" => FakeUserName::Stable,
                _ => return unknown(reading),
            }
        }
        "group_configuration_null_without_groups" => {
            known.group_configuration_null_without_groups = yes(reading)?;
        }
        "new_device_used" => {
            known.new_device_used = if reading == "absent" { None } else { Some(yes(reading)?) };
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Sets an option of the identity pools; false if it is none of theirs.
fn of_identity_pools(
    options: &mut StartOptions,
    option: &str,
    reading: &str,
) -> Result<bool, Box<dyn Error>> {
    let known = &mut options.identity_pools.uncertain;
    match option {
        "unknown_developer_provider_kind" => {
            reading.clone_into(&mut known.unknown_developer_provider_kind);
        }
        "developer_login_of_client_kind" => {
            reading.clone_into(&mut known.developer_login_of_client_kind);
        }
        "too_many_logins_kind" => reading.clone_into(&mut known.too_many_logins_kind),
        "unknown_identities_unprocessed" => known.unknown_identities_unprocessed = yes(reading)?,
        "survivor" => {
            known.survivor = match reading {
                "Requested" => Survivor::Requested,
                "Other" => Survivor::Other,
                _ => return unknown(reading),
            }
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn yes(reading: &str) -> Result<bool, Box<dyn Error>> {
    Ok(reading.parse()?)
}

fn unknown<T>(reading: &str) -> Result<T, Box<dyn Error>> {
    Err(format!("there is no reading {reading}").into())
}
