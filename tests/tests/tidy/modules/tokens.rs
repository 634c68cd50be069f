//! The paths among the tokens of a macro, which have no syntax tree.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

/// A path among tokens.
pub(crate) struct TokenPath {
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
    pub(crate) is_macro: bool,
}

/// The arguments of serde that take a path in a string.
const PATH_ARGUMENTS: [&str; 9] = [
    "default",
    "deserialize_with",
    "from",
    "into",
    "remote",
    "serialize_with",
    "skip_serializing_if",
    "try_from",
    "with",
];

/// The paths of a token stream and of the groups in it.
pub(crate) fn paths(stream: &TokenStream) -> Vec<TokenPath> {
    let mut found = Vec::new();
    collect(stream, &mut found);
    found
}

fn collect(stream: &TokenStream, found: &mut Vec<TokenPath>) {
    let tokens: Vec<TokenTree> = stream.clone().into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Group(group) => {
                collect(&group.stream(), found);
                at += 1;
            }
            TokenTree::Ident(first) => {
                let start = at;
                let mut path = vec![first.to_string()];
                at += 1;
                while is_double_colon(&tokens, at)
                    && let Some(TokenTree::Ident(next)) = tokens.get(at + 2)
                {
                    path.push(next.to_string());
                    at += 3;
                }
                if begins_path(&tokens, start, first)
                    && (path.len() > 1 || stands_alone(&tokens, at))
                {
                    let is_macro = is_punct(&tokens, at, '!')
                        && matches!(tokens.get(at + 1), Some(TokenTree::Group(group))
                            if group.delimiter() != Delimiter::None);
                    found.push(TokenPath { path, line: first.span().start().line, is_macro });
                }
            }
            _ => at += 1,
        }
    }
}

/// The paths in strings of serde's arguments.
pub(crate) fn quoted_paths(stream: &TokenStream) -> Vec<(Vec<String>, usize)> {
    let tokens: Vec<TokenTree> = stream.clone().into_iter().collect();
    let mut found = Vec::new();
    for window in tokens.windows(3) {
        if let [TokenTree::Ident(name), TokenTree::Punct(equals), TokenTree::Literal(literal)] =
            window
            && PATH_ARGUMENTS.contains(&name.to_string().as_str())
            && equals.as_char() == '='
            && let Ok(syn::Lit::Str(text)) = syn::parse_str(&literal.to_string())
            && let Ok(path) = text.parse::<syn::Path>()
        {
            let names = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            found.push((names, literal.span().start().line));
        }
    }
    found
}

fn is_punct(tokens: &[TokenTree], at: usize, character: char) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(found)) if found.as_char() == character)
}

fn is_double_colon(tokens: &[TokenTree], at: usize) -> bool {
    matches!(tokens.get(at), Some(TokenTree::Punct(found))
        if found.as_char() == ':' && found.spacing() == Spacing::Joint)
        && is_punct(tokens, at + 1, ':')
}

/// False for a field or method, a lifetime, a variable of a macro and a path from `::`.
fn begins_path(tokens: &[TokenTree], at: usize, name: &proc_macro2::Ident) -> bool {
    let Some(before) = at.checked_sub(1) else { return true };
    let earlier = before.checked_sub(1);
    if is_punct(tokens, before, '.') {
        return earlier.is_some_and(|earlier| is_punct(tokens, earlier, '.'));
    }
    if is_punct(tokens, before, '$') {
        return name == "crate";
    }
    let double_colon = earlier.is_some_and(|earlier| is_double_colon(tokens, earlier));
    !is_punct(tokens, before, '\'') && !double_colon
}

/// False for the name of a field or an argument: `name: value`, `name = value`.
fn stands_alone(tokens: &[TokenTree], at: usize) -> bool {
    let Some(TokenTree::Punct(next)) = tokens.get(at) else { return true };
    match next.as_char() {
        ':' => false,
        '=' => next.spacing() == Spacing::Joint,
        _ => true,
    }
}
