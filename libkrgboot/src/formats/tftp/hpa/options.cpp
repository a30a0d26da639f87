#include "options.hpp"

#include <algorithm>
#include <array>

namespace krgboot::tftpd_hpa {

namespace {

struct Option {
  std::string_view name;
  char letter;  // '\0': none
  bool takes_argument;
};

// in.tftpd(8) of tftp-hpa 5.2.
constexpr std::array<Option, 20> options = {{
    {"ipv4", '4', false},       {"ipv6", '6', false},    {"listen", 'l', false},
    {"foreground", 'L', false}, {"address", 'a', true},  {"create", 'c', false},
    {"secure", 's', false},     {"user", 'u', true},     {"umask", 'U', true},
    {"permissive", 'p', false}, {"pidfile", 'P', true},  {"timeout", 't', true},
    {"retransmit", 'T', true},  {"map-file", 'm', true}, {"verbose", 'v', false},
    {"verbosity", '\0', true},  {"refuse", 'r', true},   {"blocksize", 'B', true},
    {"port-range", 'R', true},  {"version", 'V', false},
}};

const Option* by_letter(char letter) {
  for (const auto& option : options) {
    if (option.letter == letter && letter != '\0') return &option;
  }
  return nullptr;
}

/// Finds an option by its name or by an unambiguous prefix of its name.
const Option* by_name(std::string_view name) {
  const Option* found = nullptr;
  for (const auto& option : options) {
    if (option.name == name) return &option;
    if (!option.name.starts_with(name)) continue;
    if (found) return nullptr;
    found = &option;
  }
  return found;
}

class Reader {
 public:
  explicit Reader(const std::vector<std::string>& words) : words_(words) {}

  CommandLine run() {
    while (at_ < words_.size()) {
      const auto& word = words_[at_++];
      if (word == "--") {
        result_.incomplete = true;
        result_.directories.insert(result_.directories.end(),
                                   words_.begin() + static_cast<std::ptrdiff_t>(at_), words_.end());
        break;
      }
      if (word.starts_with("--")) {
        long_option(word);
      } else if (word.size() > 1 && word.front() == '-') {
        letters(word);
      } else {
        result_.directories.push_back(word);
      }
    }
    return std::move(result_);
  }

 private:
  void long_option(const std::string& word) {
    auto equals = word.find('=');
    const auto* option =
        by_name(std::string_view(word).substr(2, equals == std::string::npos ? equals : equals - 2));
    if (!option) return result_.others.push_back(word);
    std::optional<std::string> argument;
    if (equals != std::string::npos) argument = word.substr(equals + 1);
    take(*option, "--" + std::string(option->name), argument);
  }

  void letters(const std::string& word) {
    for (std::size_t i = 1; i < word.size(); ++i) {
      const auto* option = by_letter(word[i]);
      auto shown = std::string("-") + word[i];
      if (!option) {
        // getopt knows no option '-' among the letters; written separately as "--" it would end the options.
        if (word[i] != '-') result_.others.push_back(shown);
        continue;
      }
      std::optional<std::string> argument;
      if (option->takes_argument && i + 1 < word.size()) argument = word.substr(i + 1);
      take(*option, shown, argument);
      if (option->takes_argument) return;
    }
  }

  void take(const Option& option, const std::string& shown, std::optional<std::string> argument) {
    if (option.takes_argument && !argument && at_ < words_.size()) argument = words_[at_++];
    if (option.takes_argument && !argument) {
      result_.incomplete = true;
      return;
    }
    switch (option.letter) {
      case 's':
        result_.secure = true;
        return;
      case 'a':
        result_.address = argument;
        return;
      case 'u':
        result_.username = argument;
        return;
      case 'l':
      case 'L':
        result_.listen = true;
        break;
      default:
        break;
    }
    result_.others.push_back(shown);
    if (option.takes_argument && argument) result_.others.push_back(*argument);
  }

  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  CommandLine result_;
};

}  // namespace

std::vector<std::string> split_words(std::string_view value) {
  constexpr std::string_view blanks = " \t\n";
  std::vector<std::string> words;
  for (auto begin = value.find_first_not_of(blanks); begin != std::string_view::npos;
       begin = value.find_first_not_of(blanks, begin)) {
    auto end = std::min(value.find_first_of(blanks, begin), value.size());
    words.emplace_back(value.substr(begin, end - begin));
    begin = end;
  }
  return words;
}

CommandLine parse_command_line(const std::vector<std::string>& words) {
  return Reader(words).run();
}

}  // namespace krgboot::tftpd_hpa
