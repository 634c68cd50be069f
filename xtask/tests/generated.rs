//! Generated files are what their sources say, and the template stays short by hand.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use xtask::costs::{self, Sources, memory};
use xtask::template::document::Document;
use xtask::template::{self, declared};
use xtask::{generated, runbook, workspace};

/// Lines outside the generated block with nine functions, and those of each further function.
const LINES: (usize, usize) = (1_700, 40);

#[test]
fn generated_files_follow_from_their_sources() {
    let files = generated::all().unwrap_or_else(|error| panic!("{error:#}"));
    let stale = files.iter().filter(|file| workspace::read(file.path).unwrap() != file.text);
    let stale: Vec<&str> = stale.map(|file| file.path).collect();
    assert!(stale.is_empty(), "{stale:?} are stale: run `cargo xtask template` and look at them");
}

#[test]
fn template_outside_the_block_is_short() {
    let text = workspace::read(template::PATH).unwrap();
    let functions = declared::functions(&Document::parse(&text).unwrap()).unwrap().len();
    let (nine, further) = LINES;
    let most = nine + further * functions.saturating_sub(9);
    let lines = template::lines_by_hand(&text);
    assert!(lines <= most, "{lines} lines by hand, at most {most} for {functions} functions");
}

/// Each change above the block is seen in it.
#[test]
fn change_of_a_function_makes_the_block_stale() {
    let text = workspace::read(template::PATH).unwrap();
    for (old, new) in [
        (", Refuses: true,", ","),
        ("          Alarm: GuessesRise\n", "          Alarm: Guesses\n"),
        ("Pattern: '{ $.outcome = \"blank\" }'", "Pattern: '{ $.a = 1 }'"),
        ("Metric: AWS/SES Reputation.BounceRate", "Metric: AWS/SES Reputation.ComplaintRate"),
        (" PreSignUp: !Sub arn", " CustomMessage: !Sub arn"),
        ("FunctionName: !Sub ${AWS::StackName}-operator", "FunctionName: !Sub ${AWS::StackName}-x"),
        ("IntegrationUri: !GetAtt DeveloperIdentity.Arn", "IntegrationUri: !GetAtt Operator.Arn"),
    ] {
        assert!(text.contains(old), "{old}");
        let changed = text.replacen(old, new, 1);
        let same_trigger = old.contains("PreSignUp: !Sub");
        let regenerated = template::regenerated(&changed).unwrap();
        // The name of a trigger is the pool's affair; the function stays one.
        assert_eq!(regenerated == changed, same_trigger, "{old}");
    }
    let untouched = text.replacen("Threshold: 3000\n", "Threshold: 4000\n", 1);
    assert_eq!(template::regenerated(&untouched).unwrap(), text, "a change in the block stays");
}

#[test]
fn metadata_that_is_not_known_is_refused() {
    let text = workspace::read(template::PATH).unwrap();
    for (old, new, complaint) in [
        (", Refuses: true,", ", Refuse: true,", "Refuse, which is not known"),
        ("[[client], [client, method]]", "[[record]]", "a member without bounds"),
        ("By: [[], [client, method]]", "By: [[client, method]]", "needs an empty set"),
        ("{By: [[], [outcome]], Outcomes", "{By: [[], [outcome]], Other", "there is no Outcomes"),
        ("{By: [[]]}", "{}", "a Pattern or By"),
        (
            "          Alarm: GuessesRise\n          Threshold: WrongAnswersAlarm\n",
            "          Alarm: GuessesRise\n",
            "there is no Threshold",
        ),
        ("Points: 2 of 5", "Points: 2", "Points is not two words"),
    ] {
        assert!(text.contains(old), "{old}");
        let error = template::regenerated(&text.replacen(old, new, 1)).unwrap_err();
        assert!(format!("{error:#}").contains(complaint), "{error:#}");
    }
}

#[test]
fn function_without_a_runbook_or_costs_is_named() {
    let text = workspace::read(template::PATH).unwrap();
    let renamed = text
        .replace("${AWS::StackName}-pre-sign-up", "${AWS::StackName}-new")
        .replace("  Operator:\n", "  Operators:\n");
    let page = workspace::read(runbook::PAGE).unwrap();
    let error = runbook::regenerated(&page, &renamed).unwrap_err().to_string();
    for missing in [
        "functions/new/alarms.md lacks the heading ### PreSignUpErrors",
        "functions/operator/alarms.md lacks the heading ### OperatorsDuration",
    ] {
        assert!(error.contains(missing), "{error}");
    }
    let error = costs::page(&generated::sources(&renamed).unwrap()).unwrap_err();
    let expected = "functions/new/Cargo.toml lacks [package.metadata.costs]";
    assert!(format!("{error:#}").contains(expected), "{error:#}");
}

/// A price, a guess, a call and an alarm that change are each seen in docs/costs.md.
#[test]
fn costs_follow_prices_guesses_and_template() {
    let template = workspace::read(template::PATH).unwrap();
    let sources = generated::sources(&template).unwrap();
    let page = costs::page(&sources).unwrap();
    let changed = |text: &str, old: &str, new: &str| {
        assert!(text.contains(old), "{old}");
        text.replacen(old, new, 1)
    };
    let alarm = "Type: AWS::CloudWatch::Alarm";
    let mut packages = sources.packages.clone();
    let write = "/metadata/costs/occasions/token/dynamodb_write";
    *packages.get_mut("developer-identity").unwrap().pointer_mut(write).unwrap() = 3.into();
    for sources in [
        Sources { prices: changed(&sources.prices, "0.625e-6", "0.626e-6"), ..sources.clone() },
        Sources {
            usage: changed(&sources.usage, "new_person: {mail: 1}", "new_person: {mail: 2}"),
            ..sources.clone()
        },
        Sources {
            usage: changed(&sources.usage, "calls_an_hour: 12", "calls_an_hour: 13"),
            ..sources.clone()
        },
        Sources { packages, ..sources.clone() },
        Sources {
            template: changed(&sources.template, alarm, "Type: AWS::CloudWatch::Dashboard"),
            ..sources
        },
    ] {
        assert_ne!(costs::page(&sources).unwrap(), page);
    }
}

/// A price, a guess, a call and a speed that change are each seen in docs/performance.md.
#[test]
fn memory_sizes_follow_prices_guesses_and_speed() {
    let template = workspace::read(template::PATH).unwrap();
    let sources = generated::sources(&template).unwrap();
    let page = workspace::read(memory::PAGE).unwrap();
    let block = |sources: &Sources| costs::performance(&page, sources).unwrap();
    let changed = |text: &str, old: &str, new: &str| {
        assert!(text.contains(old), "{old}");
        text.replacen(old, new, 1)
    };
    let mut packages = sources.packages.clone();
    let write = "/metadata/costs/occasions/start/dynamodb_write";
    *packages.get_mut("create-auth-challenge").unwrap().pointer_mut(write).unwrap() = 2.into();
    let mut slower = sources.packages.clone();
    let processor = "/metadata/costs/processor";
    *slower.get_mut("define-auth-challenge").unwrap().pointer_mut(processor).unwrap() = 9.into();
    let starts = "part of the invocations that start an instance: 0.02";
    for sources in [
        Sources {
            prices: changed(&sources.prices, "0.0000133334", "0.0000233334"),
            ..sources.clone()
        },
        Sources {
            usage: changed(&sources.usage, starts, &starts.replace("0.02", "0.5")),
            ..sources.clone()
        },
        Sources {
            speed: changed(&sources.speed, "whole_processor: 1769", "whole_processor: 1000"),
            ..sources.clone()
        },
        Sources { speed: changed(&sources.speed, "mail: 40", "mail: 400"), ..sources.clone() },
        Sources { packages, ..sources.clone() },
        Sources { packages: slower, ..sources.clone() },
    ] {
        assert_ne!(block(&sources), page);
    }
    let missing = changed(&sources.speed, "  mail:", "  letter:");
    let error = costs::performance(&page, &Sources { speed: missing, ..sources }).unwrap_err();
    let expected = "speed.yaml has no number at /calls/mail";
    assert!(format!("{error:#}").contains(expected), "{error:#}");
}
