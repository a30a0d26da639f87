#include "word.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/client.hpp"
#include "krgboot/formats/nfs/exports/options.hpp"
#include "krgboot/formats/nfs/exports/quote.hpp"

#include <fmt/format.h>

#include "reader.hpp"

namespace krgboot::exports {

std::string path_word(std::string_view path) {
  if (auto problem = path_problem(path)) {
    throw ArgumentError("exports.path", std::string(path),
                        fmt::format("{} cannot be exported: {}", in_quotes(path), *problem));
  }
  return quote_path(path);
}

std::string client_word(std::string_view client, std::string_view options) {
  auto text = Client::from_string(client).to_string();
  (void)Options::from_string(options);
  // The first ')' ends the list, regardless of its position.
  if (options.find_first_of(std::string_view("()\0", 3)) != std::string_view::npos) {
    throw ArgumentError("exports.bad_option", std::string(options),
                        fmt::format("the options {} hold a parenthesis or a NUL", in_quotes(options)));
  }
  if (!options.empty()) text += fmt::format("({})", options);
  auto word = quote_path(text);
  if (Reader(word).client().text != text) {
    throw ArgumentError("exports.client_too_long", std::string(client),
                        fmt::format("{} and its options have {} bytes; exportfs reads {}", in_quotes(client),
                                    text.size(), max_client_length));
  }
  return word;
}

}  // namespace krgboot::exports
