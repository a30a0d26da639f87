#pragma once

#include "krgboot/formats/nfs/exports/client.hpp"

#include <optional>
#include <string>
#include <string_view>

// The words of NFS-Ganesha's configuration, as its scanner takes them (config_parsing/conf_lex.l, 4.3 to 6).
namespace krgboot::ganesha {

/// A name of a component or level of its log.
bool is_identifier(std::string_view word) noexcept;

/// A value in double quotes, with \" for " and \\ for \. At the end the scanner takes even the latter for a
/// quote that goes on: there single quotes remain, in which nothing is an escape, and which 6 takes for a
/// part of the value. nullopt for what no quotes can hold.
std::optional<std::string> quote(std::string_view value);

/// Does nfs-utils admit nobody by it who comes over IPv4 with flavor sys?
bool matches_nobody(const exports::Client& client);

/// Is who that is only found by asking the name service?
bool is_looked_up(const exports::Client& client);

/// A client as it stands after "Clients =", unquoted: in quotes it would be none. nullopt where Ganesha
/// cannot say it, or would take it for somebody else.
std::optional<std::string> client_word(const exports::Client& client);

}  // namespace krgboot::ganesha
