#pragma once

#include "krgboot/model/spec.hpp"

#include <string>
#include <vector>

#include "model/report.hpp"

namespace krgboot::model {

using Lines = std::vector<Item<std::string>>;

/// Reports raw lines for dhcpd.conf that would reach beyond themselves into what krgboot writes after them:
/// "extra.control", "extra.quote", "extra.brace", "extra.unfinished". What they say is dhcpd's affair.
void check_dhcpd_lines(Report& report, const Lines& lines, const std::string& key);

/// Reports raw lines below a pxelinux LABEL that would change what it boots or swallow what follows:
/// "extra.control", "extra.keyword", "extra.ip", "extra.text".
void check_pxelinux_lines(Report& report, const Lines& lines, const std::string& key);

}  // namespace krgboot::model
