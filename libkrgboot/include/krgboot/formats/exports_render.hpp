#pragma once

#include "krgboot/model/cluster.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace krgboot::exports {

/// The name of an image's file below /etc/exports.d: "krgboot-" IMAGE ".exports". Throws ArgumentError
/// "exports.image_name" for a name that would not come back: it must be letters, digits, '.', '_', '-' and
/// '+', the first a letter or digit, 200 at most.
std::string drop_in_name(std::string_view image);
std::string drop_in_name(const Image& image);

/// The image whose drop-in file has this name; nullopt for any other name.
std::optional<std::string> parse_drop_in_name(std::string_view file_name);

/// The clients an image is exported to: those that the spec lists, else the fewest networks that hold exactly
/// the addresses that boot it (a single address without "/32").
std::vector<std::string> clients(const Cluster& cluster, const Image& image);

/// What exports(5) has to say about an image, for a file of its own or a block of /etc/exports; nullopt where
/// nobody boots it and no client is listed. Root `ro`: the tree read-only and each writable directory
/// read-write; root `rw`: the tree read-write. Throws ArgumentError where a path or client cannot be written.
std::optional<std::string> render(const Cluster& cluster, const Image& image);

}  // namespace krgboot::exports
