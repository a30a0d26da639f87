#include "model/append.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include <fmt/format.h>

namespace krgboot::model {

namespace {

struct OwnParameter {
  std::string_view name;  // with '_' for '-': the kernel does not distinguish them
  const char* hint;
};

// Only krgboot sets these words. Which of two values wins depends on their order in the line and on the
// program that reads it, the kernel or a script of the initrd; trace and the exports would not know the
// second value.
constexpr const char* from_image = "krgboot writes it from the path of the image";
constexpr const char* from_root = "set root: of the image";
constexpr const char* from_kerrighed = "set it under kerrighed: of the boot entry";
constexpr std::array<OwnParameter, 16> own_parameters = {{
    {"root", from_image},
    {"nfsroot", from_image},
    {"nfsaddrs", "krgboot writes ip=dhcp; addresses stand under nodes and networks"},
    {"netroot", from_image},
    {"ip", "krgboot writes ip=dhcp; addresses stand under nodes and networks"},
    {"boot", "set initramfs: of the boot entry"},
    {"initrd", "set initrd: of the boot entry"},
    {"ro", from_root},
    {"rw", from_root},
    {"BOOTIF", "the loader writes it for every entry with an initrd"},
    {"BOOT_IMAGE", "the loader writes it"},
    {"session_id", from_kerrighed},
    {"autonodeid", from_kerrighed},
    {"nb_nodes_min", from_kerrighed},
    {"node_id", "set node_id: of the node"},
    {"rootfstype", "krgboot mounts the image over NFS"},
}};

const OwnParameter* own_parameter(std::string_view word) {
  auto name = std::string(word.substr(0, word.find('=')));
  std::replace(name.begin(), name.end(), '-', '_');
  auto found = std::find_if(own_parameters.begin(), own_parameters.end(),
                            [&](const OwnParameter& parameter) { return parameter.name == name; });
  return found == own_parameters.end() ? nullptr : &*found;
}

/// The kernel treats '"' as a quote anywhere in a word (lib/cmdline.c), so a quoted blank is part of the
/// word.
enum class Quoting { fine, open, blank_outside };
Quoting quoting_of(std::string_view word) noexcept {
  bool quoted = false;
  for (char c : word) {
    if (c == '"') quoted = !quoted;
    if (c == ' ' && !quoted) return Quoting::blank_outside;
  }
  return quoted ? Quoting::open : Quoting::fine;
}

void check_word(Report& report, const SpecItem<std::string>& word, const std::string& key) {
  auto error = [&](const char* code, std::string message, std::string hint = {}) {
    report.error(word.at, key, code, std::move(message), std::move(hint));
  };
  const std::string_view text = word.value;
  if (text.empty()) return error("append.empty", "a word of the command line is empty");
  if (has_control(text)) {
    return error("append.control",
                 fmt::format("the word {} of the command line holds a control character", in_quotes(text)));
  }
  if (!is_utf8(text)) {
    return error("append.encoding",
                 fmt::format("the word {} of the command line is not UTF-8", in_quotes(text)));
  }
  switch (quoting_of(text)) {
    case Quoting::fine:
      break;
    case Quoting::open:
      return error("append.quote", fmt::format("the word {} leaves a quote open", in_quotes(text)));
    case Quoting::blank_outside:
      return error(
          "append.blank", fmt::format("{} is more than one word", in_quotes(text)),
          "write each word as an element of its own, or quote the blank as the kernel takes it: a=\"b c\"");
  }
  if (text == "--") {
    return error("append.separator",
                 "the kernel gives everything after -- to init, so also what krgboot adds");
  }
  // Check quoted words too: the scripts of an initrd split the line at every blank.
  auto without_quotes = word.value;
  without_quotes.erase(std::remove(without_quotes.begin(), without_quotes.end(), '"'), without_quotes.end());
  for (auto part : split(without_quotes, ' ')) {
    if (const auto* parameter = own_parameter(part)) {
      return error("append.set_by_krgboot", fmt::format("{} is set by krgboot itself", in_quotes(part)),
                   parameter->hint);
    }
  }
}

}  // namespace

void check_append(Report& report, const std::vector<SpecItem<std::string>>& words, const std::string& key) {
  for (std::size_t i = 0; i < words.size(); ++i) check_word(report, words[i], fmt::format("{}[{}]", key, i));
}

}  // namespace krgboot::model
