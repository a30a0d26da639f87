#include "krgboot/formats/exports_render.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/exports_client.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "exports_word.hpp"

namespace krgboot::exports {

namespace {

constexpr std::string_view prefix = "krgboot-";
constexpr std::string_view suffix = ".exports";

bool is_letter_or_digit(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_image_name(std::string_view name) noexcept {
  return !name.empty() && name.size() <= 200 && is_letter_or_digit(name.front()) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-' || c == '+';
         });
}

/// One path with all its clients, one a line where there are several.
std::string exported(const std::string& path, const std::vector<std::string>& clients,
                     std::string_view options) {
  auto text = path_word(path);
  std::string_view separator = clients.size() == 1 ? " " : " \\\n    ";
  for (const auto& client : clients) {
    text += separator;
    text += client_word(client, options);
  }
  return text + '\n';
}

}  // namespace

std::string drop_in_name(std::string_view image) {
  if (!is_image_name(image)) {
    throw ArgumentError("exports.image_name", std::string(image),
                        fmt::format("{} cannot name a file of /etc/exports.d", in_quotes(image)));
  }
  return fmt::format("{}{}{}", prefix, image, suffix);
}

std::string drop_in_name(const Image& image) {
  return drop_in_name(image.name);
}

std::optional<std::string> parse_drop_in_name(std::string_view file_name) {
  if (file_name.size() <= prefix.size() + suffix.size() || file_name.substr(0, prefix.size()) != prefix ||
      file_name.substr(file_name.size() - suffix.size()) != suffix) {
    return std::nullopt;
  }
  auto image = file_name.substr(prefix.size(), file_name.size() - prefix.size() - suffix.size());
  if (!is_image_name(image)) return std::nullopt;
  return std::string(image);
}

std::vector<std::string> clients(const Cluster& cluster, const Image& image) {
  std::vector<std::string> result;
  if (image.clients) {
    for (const auto& client : *image.clients) result.push_back(Client::from_string(client).to_string());
    return result;
  }
  auto addresses = cluster.addresses_by_image();
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    if (cluster.images()[i].name != image.name) continue;
    for (const auto& network : minimal_networks(addresses[i])) {
      result.push_back(network.prefix_length() == 32 ? network.network().to_string() : network.to_string());
    }
  }
  return result;
}

std::optional<std::string> render(const Cluster& cluster, const Image& image) {
  auto to = clients(cluster, image);
  if (to.empty()) return std::nullopt;
  auto text =
      fmt::format("# images.{}: written by krgboot from cluster.yaml; what is changed here is overwritten.\n",
                  image.name);
  auto read_only = image.root == RootMode::ro;
  text += exported(
      image.path, to,
      read_only ? "ro,sync,no_root_squash,no_subtree_check" : "rw,sync,no_root_squash,no_subtree_check");
  if (read_only) {
    for (const auto& directory : image.writable) {
      text += exported(image.path + directory, to, "rw,sync,no_root_squash,no_subtree_check");
    }
  }
  return text;
}

}  // namespace krgboot::exports
