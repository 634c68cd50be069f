//! One row of the reference of all settings.

/// One member of the document `POLICY`.
pub struct Setting {
    /// Path in the document, such as `clients.<id>.digits`.
    pub path: &'static str,
    /// Accepted values.
    pub values: &'static str,
    /// Value if the member is absent.
    pub default: &'static str,
    /// Effect.
    pub meaning: &'static str,
}
