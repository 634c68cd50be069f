#![doc = include_str!("../README.md")]

mod access;
mod body;
mod bucket;
mod checksum;
mod conditions;
mod copy;
mod cors;
mod deletion;
mod download;
mod entry;
mod files;
mod kept;
mod label;
mod listing;
mod missing;
mod object;
mod objects;
mod operation;
mod permission;
mod service;
mod unsupported;
mod uploads;

pub use self::bucket::S3;
