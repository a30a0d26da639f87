#include "krgboot/formats/loader/pxelinux/file_name.hpp"

#include "krgboot/base/text.hpp"

#include <algorithm>

namespace krgboot::pxelinux {

FileName parse_file_name(std::string_view text) {
  FileName name;
  constexpr std::string_view of_url = "://";
  constexpr std::string_view of_server = "::";
  // The first colon determines the form.
  auto colon = std::min(text.find(':'), text.size());
  auto rest = text.substr(colon);
  name.whole = rest.starts_with(of_url) || rest.starts_with(of_server);
  if (rest.starts_with(of_url)) {
    rest.remove_prefix(of_url.size());
    auto slash = std::min(rest.find('/'), rest.size());
    name.scheme = to_lower(text.substr(0, colon));
    name.server = std::string(rest.substr(0, slash));
    name.path = rest.substr(std::min(slash + 1, rest.size()));
  } else if (name.whole) {
    if (colon > 0) name.server = std::string(text.substr(0, colon));
    name.path = rest.substr(of_server.size());
  } else {
    name.path = text;
  }
  return name;
}

}  // namespace krgboot::pxelinux
