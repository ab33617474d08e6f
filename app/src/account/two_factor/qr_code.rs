//! QR codes as drawings, made on the server.

use crate::error::AppError;
use leptos::prelude::*;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Modules of quiet around a code: as many as readers are promised.
const QUIET: usize = 4;

/// `text` as a drawing, dark on light in every theme: readers know no other. `label` says what
/// it is.
///
/// # Errors
/// If there is more text than a code holds.
pub fn qr_code(text: &str, label: &'static str) -> Result<AnyView, AppError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M);
    let code = code.map_err(|_| AppError::internal())?;
    let size = code.width() + 2 * QUIET;
    let dots = dots(&code.to_colors(), code.width());
    let drawing = view! {
        <svg class="qr-code" viewBox=format!("0 0 {size} {size}") role="img" aria-label=label>
            <path class="qr-code-ground" d=format!("M0 0h{size}v{size}h-{size}z")></path>
            <path class="qr-code-dots" d=dots></path>
        </svg>
    };
    Ok(drawing.into_any())
}

/// The dark modules of each row, those side by side as one.
fn dots(modules: &[Color], width: usize) -> String {
    let mut path = String::new();
    for (y, row) in modules.chunks(width).enumerate() {
        let mut x = 0;
        for alike in row.chunk_by(|one, next| one == next) {
            if alike.contains(&Color::Dark) {
                let (x, y, run) = (x + QUIET, y + QUIET, alike.len());
                // Writing to a string doesn't fail.
                let _ = write!(path, "M{x} {y}h{run}v1h-{run}z");
            }
            x += alike.len();
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dark_modules_are_drawn_within_the_quiet() {
        let (dark, light) = (Color::Dark, Color::Light);
        let modules = [dark, dark, light, light, light, dark, dark, light, dark];
        assert_eq!(
            dots(&modules, 3),
            "M4 4h2v1h-2zM6 5h1v1h-1zM4 6h1v1h-1zM6 6h1v1h-1z"
        );
    }
}
