#pragma once

#include "head.hpp"
#include "vocabulary.hpp"

namespace krgboot::dhcpd {

/// Reads an expression of dhcp-eval(5) as dhcpd 4.4 does. Throws Complaint.
void boolean_expression(Head& head, const Vocabulary& vocabulary);
void data_expression(Head& head, const Vocabulary& vocabulary);
/// Reads an expression of any type. Returns whether its value is data.
bool any_expression(Head& head, const Vocabulary& vocabulary);
/// Reads the expression of a switch. Returns whether its value is data.
bool switch_expression(Head& head, const Vocabulary& vocabulary);
/// Reads the value of a case in a switch over data or numbers.
void case_expression(Head& head, const Vocabulary& vocabulary, bool data);
/// Reads the expression of eval or return.
void evaluated_expression(Head& head, const Vocabulary& vocabulary);

}  // namespace krgboot::dhcpd
