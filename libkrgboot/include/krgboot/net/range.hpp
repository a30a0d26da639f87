#pragma once

#include "krgboot/export.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// Base of the numbers in a range. Ranges have the syntax of pdsh and ClusterShell: "ssi[1-4,7]" means ssi1,
/// ssi2, ssi3, ssi4, ssi7.
///
///     range   = 1*( text / "[" item *( "," item ) "]" )
///     text    = 1*any byte but "[", "]" and ","
///     item    = number [ "-" number ]
///     number  = 1*15digit        ; hex digits in a range of MAC addresses
///
/// Zero padding is kept ("[08-11]" means 08 09 10 11); both ends must then have the same width. Of several
/// brackets, the last one counts fastest, as in an odometer. A descending item, an empty bracket, nested or
/// unbalanced brackets are errors.
enum class RangeBase { decimal, hexadecimal };

/// Most members of one range, so that a typing error such as [1-99999999999] cannot fill the memory.
inline constexpr std::size_t max_range_size = 1'000'000;

/// Most characters of all members of one range together, for the same reason.
inline constexpr std::size_t max_range_characters = 64'000'000;

/// All members of a range in order; a text without brackets is its only member. Hexadecimal members are in
/// lower case and have at least the width of the first number of their item (MAC octets: "[08-1f]").
/// Throws ArgumentError "range.syntax", "range.descending" (an item counts down), "range.width" (the ends of
/// a padded item differ in width) or "range.too_many" (before it makes any member).
KRGBOOT_EXPORT std::vector<std::string> expand_range(std::string_view text,
                                                     RangeBase base = RangeBase::decimal);

/// Does `text` contain a bracket, so that it must be expanded?
KRGBOOT_EXPORT bool is_range(std::string_view text) noexcept;

/// The inverse of expand_range(): a short list of ranges whose members, one range after the other, are
/// exactly `names` in the same order. It first folds names that differ in one number ("ssi1", "ssi2", "ssi4"
/// become "ssi[1-2,4]"), then equal ranges that differ in a number further left ("10.0.[0-3].[1-250]"). Names
/// that cannot be folded stay unchanged. Throws ArgumentError "range.syntax" for a name that no range can
/// contain: an empty one, or one with '[', ']' or ','.
KRGBOOT_EXPORT std::vector<std::string> compress_range(const std::vector<std::string>& names,
                                                       RangeBase base = RangeBase::decimal);

}  // namespace krgboot
