#pragma once

#include "head.hpp"
#include "vocabulary.hpp"

namespace krgboot::dhcpd {

/// Reads "routers" or "space.name" with an existing space. Throws Complaint.
OptionName read_option_name(Head& head, const Vocabulary& vocabulary);
/// Reads the name of an option that is known, at least by its number. Throws Complaint.
OptionName known_option(Head& head, const Vocabulary& vocabulary);
/// Throws a Complaint if the option that was just read is unknown.
void must_be_known(const Head& head, const OptionName& name, const Vocabulary& vocabulary);
[[noreturn]] void unknown_option(const Head& head, const OptionName& name, const Vocabulary& vocabulary);

/// Reads the value of an option up to the end of the statement. `what`: the option as written. Throws
/// Complaint.
void option_value(Head& head, const Vocabulary& vocabulary, const OptionName& name, const std::string& what);
/// Reads a value that is written without a '='.
void literal_value(Head& head, const Vocabulary& vocabulary, const OptionName& name, const std::string& what);

/// Reads `space NAME ...` or `NAME code N = ...` after `option`, and adds it to the vocabulary. Throws
/// Complaint.
void define_space(Head& head, Vocabulary& vocabulary);
void define_option(Head& head, Vocabulary& vocabulary, const OptionName& name);

}  // namespace krgboot::dhcpd
