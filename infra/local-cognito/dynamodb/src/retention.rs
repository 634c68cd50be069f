//! Deletion of stream records that are done.
//!
//! The engine keeps every record of a stream, and looks through all of them for the largest number
//! at each write and each read. It offers no call to delete one, and no second connection to a
//! database in memory. So the database gets an index over the numbers, a table of marks that no
//! client sees, and a trigger: the engine's call [`NativeDatabase::touch_cached_at`] sets a mark,
//! and the trigger deletes the records up to it. The engine holds its lock during that call, as during
//! every other.

use anyhow::Context;
use dynoxide::NativeDatabase;
use rusqlite::Connection;
use uuid::Uuid;

/// Table of the marks, in the columns that the engine's call names.
const MARKS: &str = "local_cognito_marks";

const SCHEMA: &str = "
    CREATE INDEX IF NOT EXISTS local_cognito_numbers
        ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
    CREATE TABLE IF NOT EXISTS local_cognito_marks
        (pk TEXT NOT NULL, sk TEXT NOT NULL, cached_at REAL, PRIMARY KEY (pk, sk));
    DROP TRIGGER IF EXISTS local_cognito_deletion;
    CREATE TRIGGER local_cognito_deletion
        AFTER UPDATE OF cached_at ON local_cognito_marks
        BEGIN
            DELETE FROM _stream_records WHERE table_name = NEW.pk
                AND CAST(sequence_number AS INTEGER) <= CAST(NEW.cached_at AS INTEGER);
        END;";

/// The engine shows its number with 21 digits, of which the first is a 1 that it adds.
const DIGITS: usize = 21;

/// Prepares a database in a file, beside the engine's own connection.
pub(super) fn prepare_file(file: &str, tables: &[&str]) -> anyhow::Result<()> {
    install(&Connection::open(file)?, tables)
}

/// Prepares a database in memory, which only the engine can open, by way of a copy in memory: call
/// it before the database is served.
pub(super) fn prepare_memory(database: &NativeDatabase, tables: &[&str]) -> anyhow::Result<()> {
    let name = format!("file:/local-cognito-{}?vfs=memdb", Uuid::new_v4());
    // The copy lasts as long as this connection.
    let copy = Connection::open(&name)?;
    database.vacuum_into(&name).context("no copy of the database")?;
    install(&copy, tables)?;
    database.restore_from(&name).context("the copy of the database is refused")
}

/// Deletes the records of a table's stream up to the one of this number.
#[expect(clippy::cast_precision_loss, reason = "microseconds since 1970 fit 53 bits until 2255")]
pub(super) fn delete(database: &NativeDatabase, table: &str, up_to: u64) -> anyhow::Result<()> {
    Ok(database.touch_cached_at(MARKS, table, "", up_to as f64)?)
}

/// Returns the number of a record in the engine, from the one that it shows.
pub(super) fn stored_number(shown: &str) -> Option<u64> {
    shown.strip_prefix('1').filter(|_| shown.len() == DIGITS)?.parse().ok()
}

fn install(connection: &Connection, tables: &[&str]) -> anyhow::Result<()> {
    connection.execute_batch(SCHEMA)?;
    let mark = "INSERT OR IGNORE INTO local_cognito_marks (pk, sk) VALUES (?1, '')";
    tables.iter().try_for_each(|table| connection.execute(mark, [table]).map(drop))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::stored_number;

    #[test]
    fn stored_number_is_read_from_the_shown_one() {
        for (shown, stored) in [
            ("100000000000000000001", Some(1)),
            ("100001761000000000000", Some(1_761_000_000_000_000)),
            ("200000000000000000001", None),
            ("10000000000000000001", None),
            ("1", None),
            ("", None),
        ] {
            assert_eq!(stored_number(shown), stored, "{shown}");
        }
    }
}
