#pragma once

/// Exports a symbol from the shared library. Every class and function that a public header declares and the
/// library defines has this mark; all other symbols are hidden.
#define KRGBOOT_EXPORT __attribute__((visibility("default")))
