#pragma once

/// Marks what the shared library exports: everything that a public header declares and the library defines.
/// All other symbols of the library are hidden.
#define KRGBOOT_EXPORT __attribute__((visibility("default")))
