#pragma once

#include "head.hpp"
#include "vocabulary.hpp"

namespace krgboot::dhcpd {

/// Reads "routers" or "space.name", of a space that there is. Throws Complaint.
OptionName read_option_name(Head& head, const Vocabulary& vocabulary);
/// The same of an option that is known, be it only by its number.
OptionName known_option(Head& head, const Vocabulary& vocabulary);
/// Complains of an option that is not known, which was just read.
void must_be_known(const Head& head, const OptionName& name, const Vocabulary& vocabulary);
[[noreturn]] void unknown_option(const Head& head, const OptionName& name, const Vocabulary& vocabulary);

/// Reads the value of an option up to the end of the statement. `what`: the option as it stands there. Throws
/// Complaint.
void option_value(Head& head, const Vocabulary& vocabulary, const OptionName& name, const std::string& what);
/// As it is written without a '='.
void literal_value(Head& head, const Vocabulary& vocabulary, const OptionName& name, const std::string& what);

/// Reads `space NAME …` or `NAME code N = …` behind `option`, and enters it. Throws Complaint.
void define_space(Head& head, Vocabulary& vocabulary);
void define_option(Head& head, Vocabulary& vocabulary, const OptionName& name);

}  // namespace krgboot::dhcpd
