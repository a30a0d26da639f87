#include "krgboot/formats/nfs/exports/quote.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"

#include <fmt/format.h>

#include "bytes.hpp"
#include "reader.hpp"

namespace krgboot::exports {

namespace {

std::string escaped(char c) {
  return fmt::format("\\{:03o}", static_cast<unsigned char>(c));
}

}  // namespace

std::string quote_path(std::string_view word) {
  if (word.empty() || word.find('\0') != std::string_view::npos) {
    throw ArgumentError("exports.unquotable", std::string(word),
                        fmt::format("{} cannot stand in an exports file", in_quotes(word)));
  }
  std::string result;
  int digits_to_escape = 0;
  for (auto c : word) {
    if (c == '\\') {
      result += escaped(c);
      digits_to_escape = 3;
      continue;
    }
    auto after_backslash = digits_to_escape > 0 && is_octal(c);
    digits_to_escape = after_backslash ? digits_to_escape - 1 : 0;
    if (after_backslash || c == '"' || is_space(c) || has_control({&c, 1}) || (c == '#' && result.empty())) {
      result += escaped(c);
    } else {
      result += c;
    }
  }
  return result;
}

std::string etab_path(std::string_view path) {
  std::string result;
  for (auto c : path) {
    auto special = c == '"' || c == '\\' || c == '#' || is_space(c) || has_control({&c, 1});
    result += special ? escaped(c) : std::string(1, c);
  }
  return result;
}

std::optional<std::string> path_problem(std::string_view path) {
  if (path.empty() || path.front() != '/') return "it is not absolute";
  if (path.find('\0') != std::string_view::npos) return "it has a NUL";
  // Escapes make a path longer: near the limit the escaped path can be too long for either reader.
  auto word = Reader(quote_path(path)).path();
  auto in_etab = Reader(etab_path(path)).path();
  if (!word.is_word() || !in_etab.is_word())
    return fmt::format("it is longer than {} bytes", max_path_length);
  if (in_etab.text != path) {
    return fmt::format("exportfs hands it to mountd in a way that reads back as {}", in_quotes(in_etab.text));
  }
  return std::nullopt;
}

std::string normal_path(std::string_view path) {
  std::string result;
  for (auto c : path) {
    if (c != '/' || result.empty() || result.back() != '/') result += c;
  }
  if (result.size() > 1 && result.back() == '/') result.pop_back();
  return result;
}

}  // namespace krgboot::exports
