//! Holds the design tokens to WCAG AA, in both themes.

use domain::colour::{AA_CONTRAST, Colour};
use std::collections::BTreeMap;

const TOKENS: &str = include_str!("../../../style/tokens.css");
/// WCAG 2.2, 1.4.11: outlines of controls, and the focus ring.
const OUTLINE_CONTRAST: f64 = 3.0;

/// Every `--name: light-dark(#…, #…);` with its two colours.
fn themed() -> BTreeMap<&'static str, [Colour; 2]> {
    TOKENS
        .lines()
        .filter_map(|line| {
            let (name, value) = line
                .trim()
                .strip_prefix("--")?
                .split_once(": light-dark(")?;
            let (light, dark) = value.strip_suffix(");")?.split_once(", ")?;
            Some((
                name,
                [Colour::parse(light).ok()?, Colour::parse(dark).ok()?],
            ))
        })
        .collect()
}

fn check(ground: &str, text: &str, least: f64) {
    let themed = themed();
    let colours = |name: &str| {
        *themed
            .get(name)
            .unwrap_or_else(|| panic!("there is no --{name}"))
    };
    for (theme, at) in [("light", 0), ("dark", 1)] {
        let contrast = colours(ground)[at].contrast(colours(text)[at]);
        assert!(
            contrast >= least,
            "--{text} on --{ground}, {theme}: {contrast:.2}:1"
        );
    }
}

#[test]
fn text_on_tint_is_readable() {
    let themed = themed();
    let tints: Vec<_> = themed
        .keys()
        .filter_map(|name| name.strip_suffix("-tint"))
        .collect();
    assert!(tints.len() >= 9, "tokens.css is read: {tints:?}");
    for tint in tints {
        check(&format!("{tint}-tint"), &format!("{tint}-ink"), AA_CONTRAST);
    }
}

#[test]
fn text_is_readable_on_every_surface() {
    let themed = themed();
    let surfaces: Vec<_> = themed
        .keys()
        .filter(|name| name.starts_with("surface-"))
        .collect();
    assert!(surfaces.len() >= 6, "tokens.css is read: {surfaces:?}");
    for surface in surfaces {
        for text in ["text", "text-muted", "accent-link"] {
            check(surface, text, AA_CONTRAST);
        }
        for outline in ["border-strong", "focus-ring"] {
            check(surface, outline, OUTLINE_CONTRAST);
        }
    }
    // Words in these stand on plain surfaces too.
    for ink in ["red-ink", "amber-ink", "violet-ink", "accent-ink"] {
        check("surface-raised", ink, AA_CONTRAST);
        check("surface-page", ink, AA_CONTRAST);
    }
}

#[test]
fn text_is_readable_on_filled_buttons() {
    for (ground, text) in [
        ("accent", "accent-text"),
        ("accent-hover", "accent-text"),
        ("danger", "danger-text"),
        ("danger-hover", "danger-text"),
    ] {
        check(ground, text, AA_CONTRAST);
    }
}

#[test]
fn the_presets_are_the_widget_s() {
    for (name, colour) in domain::colour::PRESETS {
        let line = format!("--preset-{}: {colour};", name.to_lowercase());
        assert!(TOKENS.contains(&line), "{line}");
    }
}
