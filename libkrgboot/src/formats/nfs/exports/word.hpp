#pragma once

#include <string>
#include <string_view>

namespace krgboot::exports {

/// A path as written in the file. Throws ArgumentError "exports.path" if nfs-utils cannot export it.
std::string path_word(std::string_view path);

/// A client with its options as written in the file: "CLIENT(OPTIONS)", or the client alone if it has no
/// options. Throws ArgumentError "exports.client_too_long", "exports.bad_option", and the errors of
/// Client::from_string and Options::from_string.
std::string client_word(std::string_view client, std::string_view options);

}  // namespace krgboot::exports
