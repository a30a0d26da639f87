#pragma once

#include "krgboot/model/spec.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include "model/report.hpp"

namespace krgboot::model {

/// Reports the words of `append` that a kernel command line cannot carry, or that would contradict what
/// krgboot writes there: "append.empty", "append.control", "append.encoding", "append.quote", "append.blank",
/// "append.separator", "append.set_by_krgboot". `key`: "boot.kerrighed.append".
void check_append(Report& report, const std::vector<Item<std::string>>& words, const std::string& key);

/// How many characters `words` add to a command line, each with the blank before it.
std::size_t append_length(const ListField<std::string>& words) noexcept;

/// COMMAND_LINE_SIZE of x86 is 2048 with the final NUL, in 2.6.30 as today; pxelinux's own buffer is as long.
inline constexpr std::size_t longest_command_line = 2047;

}  // namespace krgboot::model
