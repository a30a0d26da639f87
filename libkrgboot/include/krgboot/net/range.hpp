#pragma once

#include "krgboot/export.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot {

/// Node ranges, as pdsh and ClusterShell write them: "ssi[1-4,7]" means ssi1, ssi2, ssi3, ssi4, ssi7.
///
///   range   = 1*( text / "[" item *( "," item ) "]" )
///   text    = 1*any byte but "[", "]" and ","
///   item    = number [ "-" number ]
///   number  = 1*15digit        ; hex digits in a range of MAC addresses
///
/// Zero padding is kept ("[08-11]": 08 09 10 11; both ends must then be of one width); several brackets count
/// like an odometer, the last one fastest. A descending item, an empty bracket, nested or unbalanced brackets
/// are errors.
enum class RangeBase { decimal, hexadecimal };

/// Never more than this many members from one text: a slip such as [1-99999999999] is an error, not a full
/// memory.
inline constexpr std::size_t max_range_size = 1'000'000;

/// Nor more than this many characters in all members together, for the same reason.
inline constexpr std::size_t max_range_characters = 64'000'000;

/// All members in order; a text without brackets gives itself. Hexadecimal members are written in lower case;
/// a hexadecimal item keeps the width of its first number (MAC octets: "[08-1f]").
/// Throws ArgumentError: "range.syntax", "range.descending", "range.width", and "range.too_many", that one
/// before any member is made.
KRGBOOT_EXPORT std::vector<std::string> expand_range(std::string_view text,
                                                     RangeBase base = RangeBase::decimal);

/// Is there a bracket in `text`, so that it must be expanded?
KRGBOOT_EXPORT bool is_range(std::string_view text) noexcept;

/// The inverse: a short list of ranges that expands to exactly `names`, in the same order. Folds runs over
/// the last number that differs ("ssi1","ssi2","ssi4" -> "ssi[1-2,4]"), then equal ranges over a number
/// further left ("10.0.[0-3].[1-250]"); names that do not fold stay as they are. What the ranges expand to,
/// one after the other, is `names` again, always.
/// Throws ArgumentError "range.syntax" for a name that no range can hold: an empty one, or one with '[', ']'
/// or ','.
KRGBOOT_EXPORT std::vector<std::string> compress_range(const std::vector<std::string>& names,
                                                       RangeBase base = RangeBase::decimal);

}  // namespace krgboot
