#pragma once

// One include for both Catch2 that Debian ships: 2.13 in bookworm, 3 in trixie. Tests keep to what both have.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif
