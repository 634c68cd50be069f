//! The plots of a few made-up measurements.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use serde_json::{Value, json};
use xtask::plots::{self, Measured};
use xtask::workspace;

fn load(concurrency: u64, rate: f64) -> Value {
    let growth: Vec<Value> = (1..=5_u64)
        .map(|part| {
            json!({"sign_ins": 200 * part, "per_second": rate, "resident_kib": 40_960 + part * 512})
        })
        .collect();
    json!({
        "sign_ins": 1_000, "concurrency": concurrency, "users": 100, "seconds": 1_000.0 / rate,
        "per_second": rate, "first_tenth_per_second": rate, "last_tenth_per_second": rate * 0.95,
        "ms": {"p50": 9.0, "p90": 12.0, "p99": 20.0},
        "memory_mib": {"start": 40.0, "end": 42.5, "peak": 43.0}, "growth": growth,
    })
}

fn measured() -> Measured {
    let program = |name: &str, limit: Option<f64>| {
        json!({
            "name": name,
            "start": {"times_empty": 1.4, "limit": limit},
            "first_answer": {"full_speed_ms": 1.8, "128_mb_ms": 3.2},
        })
    };
    let programs = [program("empty", None), program("create-auth-challenge", Some(1.7))];
    Measured {
        loads: vec![load(4, 180.0), load(1, 100.0)],
        bench: Some(json!({"programs": programs})),
    }
}

#[test]
fn plots_equal_their_golden_files() {
    let plots = plots::plots(&measured()).unwrap();
    assert_eq!(plots.len(), 4);
    for (name, plot) in plots {
        let path = format!("xtask/tests/plots/{name}");
        if std::env::var_os("UPDATE_GOLDEN").is_some() && std::env::var_os("CI").is_none() {
            workspace::write(&path, &plot).unwrap();
        }
        assert_eq!(workspace::read(&path).unwrap(), plot, "{path}");
    }
}

#[test]
fn table_of_loads_replaces_its_block_alone() {
    let page = "a\n<!-- loads: begin -->\nold\n<!-- loads: end -->\nb\n";
    let page = plots::page(page, &measured()).unwrap();
    let (one, four) = (page.find("| 100 | 1,000 | 1 |"), page.find("| 100 | 1,000 | 4 |"));
    assert!(one.is_some() && one < four, "{page}");
    assert!(page.contains("| 95 % |") && !page.contains("old"), "{page}");
    assert!(page.starts_with("a\n") && page.ends_with("\nb\n"), "{page}");
}

#[test]
fn measurement_without_a_member_is_named() {
    let measured = Measured { loads: vec![json!({"sign_ins": 1})], bench: None };
    let error = plots::plots(&measured).unwrap_err();
    assert!(format!("{error:#}").contains("first_tenth_per_second"), "{error:#}");
}
