#pragma once

#include "head.hpp"
#include "vocabulary.hpp"

namespace krgboot::dhcpd {

/// Reads an expression as dhcp-eval(5) describes it and as dhcpd 4.4 takes it. Throws Complaint.
void boolean_expression(Head& head, const Vocabulary& vocabulary);
void data_expression(Head& head, const Vocabulary& vocabulary);
/// One of any type. Returns whether its value is data.
bool any_expression(Head& head, const Vocabulary& vocabulary);
/// What is switched on. Returns whether its value is data.
bool switch_expression(Head& head, const Vocabulary& vocabulary);
/// A value that a switch, of data or of numbers, is compared with.
void case_expression(Head& head, const Vocabulary& vocabulary, bool data);
/// What is evaluated or returned.
void evaluated_expression(Head& head, const Vocabulary& vocabulary);

}  // namespace krgboot::dhcpd
