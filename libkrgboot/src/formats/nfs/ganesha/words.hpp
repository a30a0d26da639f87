#pragma once

#include "krgboot/formats/nfs/exports/client.hpp"

#include <optional>
#include <string>
#include <string_view>

// The words of NFS-Ganesha's configuration, as its scanner reads them (config_parsing/conf_lex.l, 4.3 to 6).
namespace krgboot::ganesha {

/// Is this word a valid name of a log component or log level?
bool is_identifier(std::string_view word) noexcept;

/// A value in double quotes, with \" for " and \\ for \. At the end of a value the scanner reads even \\" as
/// an escaped quote. Such a value needs single quotes, which have no escapes and which Ganesha 6 treats as a
/// part of the value. nullopt if neither form can hold the value.
std::optional<std::string> quote(std::string_view value);

/// Does nfs-utils match no client that uses IPv4 and flavor sys?
bool matches_nobody(const exports::Client& client);

/// Does matching this client need a name lookup?
bool is_looked_up(const exports::Client& client);

/// A client as written after "Clients =", without quotes, because Ganesha does not accept a quoted client.
/// nullopt if Ganesha cannot express the client, or would match other clients.
std::optional<std::string> client_word(const exports::Client& client);

}  // namespace krgboot::ganesha
