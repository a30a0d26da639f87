#include "krgboot/formats/kernel/nfsmount_options.hpp"

#include "krgboot/base/visible.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>

namespace krgboot {

namespace {

using namespace std::string_view_literals;

constexpr std::array with_number = {"port"sv,     "rsize"sv,    "wsize"sv,    "timeo"sv,
                                    "retrans"sv,  "acregmin"sv, "acregmax"sv, "acdirmin"sv,
                                    "acdirmax"sv, "nfsvers"sv,  "vers"sv};
constexpr std::array nfsmount_words = {
    "soft"sv,  "hard"sv, "intr"sv, "nointr"sv, "posix"sv,       "noposix"sv, "cto"sv,
    "nocto"sv, "ac"sv,   "noac"sv, "lock"sv,   "nolock"sv,      "acl"sv,     "noacl"sv,
    "v2"sv,    "v3"sv,   "udp"sv,  "tcp"sv,    "broken_suid"sv, "ro"sv,      "rw"sv};

template <std::size_t size>
bool holds(const std::array<std::string_view, size>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::optional<std::string> problem_with_nfsmount_option(std::string_view option) {
  auto equals = option.find('=');
  auto name = option.substr(0, equals);
  bool has_value = equals != std::string_view::npos;
  if (!(has_value ? holds(with_number, name) : holds(nfsmount_words, name)))
    return fmt::format("klibc's nfsmount refuses the option {} (\"bad option\")", in_quotes(option));
  if (!has_value) return std::nullopt;
  auto value = option.substr(equals + 1);
  // nfsmount accepts a number in any base that strtoul reads.
  char* end = nullptr;
  const std::string text(value);
  auto number = std::strtoul(text.c_str(), &end, 0);
  if (text.empty() || *end != '\0')
    return fmt::format("nfsmount wants a number for {}, not {}", name, in_quotes(value));
  if ((name == "nfsvers"sv || name == "vers"sv) && number != 2 && number != 3)
    return fmt::format("nfsmount speaks NFS versions 2 and 3 only, not {}", visible(value));
  return std::nullopt;
}

}  // namespace krgboot
