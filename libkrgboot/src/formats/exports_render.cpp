#include "krgboot/formats/exports_render.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/exports_client.hpp"
#include "krgboot/formats/exports_options.hpp"

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

namespace {

std::vector<std::string> clients_of(const Image& image, std::size_t index,
                                    const std::vector<std::vector<Ipv4Range>>& addresses) {
  std::vector<std::string> result;
  if (image.clients) {
    for (const auto& client : *image.clients) result.push_back(Client::from_string(client).to_string());
    return result;
  }
  for (const auto& network : minimal_networks(addresses.at(index))) {
    result.push_back(network.prefix_length() == 32 ? network.network().to_string() : network.to_string());
  }
  return result;
}

std::size_t index_of(const Cluster& cluster, const Image& image) {
  const auto& images = cluster.images();
  auto found =
      std::find_if(images.begin(), images.end(), [&](const Image& each) { return each.name == image.name; });
  if (found == images.end()) throw InternalError("an image of another cluster: " + image.name);
  return static_cast<std::size_t>(found - images.begin());
}

std::string_view word_of(Squash squash) {
  switch (squash) {
    case Squash::no_root_squash:
      return "no_root_squash";
    case Squash::root_squash:
      return "root_squash";
    case Squash::all_squash:
      return "all_squash";
  }
  throw InternalError("a squash without a word");
}

}  // namespace

std::vector<std::string> clients(const Cluster& cluster, const Image& image) {
  return clients_of(image, index_of(cluster, image), cluster.addresses_by_image());
}

std::vector<std::string> writing_clients(const Cluster& cluster, const Image& image) {
  return clients_of(image, index_of(cluster, image), cluster.writers_by_image());
}

std::string to_string(SecurityFlavor flavor) {
  switch (flavor) {
    case SecurityFlavor::sys:
      return to_string(Flavor::sys);
    case SecurityFlavor::krb5:
      return to_string(Flavor::krb5);
    case SecurityFlavor::krb5i:
      return to_string(Flavor::krb5i);
    case SecurityFlavor::krb5p:
      return to_string(Flavor::krb5p);
  }
  throw InternalError("a flavor without a word");
}

// sec= stands last: what follows it would be of these flavors alone, and what stands before holds for them.
std::string options(const ExportRules& rules, bool read_only, const std::string& mount_point) {
  auto text = fmt::format("{},sync,{},no_subtree_check", read_only ? "ro" : "rw", word_of(rules.squash));
  if (!mount_point.empty()) text += ",mountpoint=" + mount_point;
  if (!rules.secure) text += ",insecure";
  if (rules.sec == std::vector{SecurityFlavor::sys}) return text;
  text += ",sec=";
  for (std::size_t i = 0; i < rules.sec.size(); ++i) {
    if (i != 0) text += ':';
    text += to_string(rules.sec[i]);
  }
  return text;
}

std::optional<std::string> render(const Cluster& cluster, const Image& image) {
  auto to = clients(cluster, image);
  if (to.empty()) return std::nullopt;
  auto text =
      fmt::format("# images.{}: written by krgboot from cluster.yaml; what is changed here is overwritten.\n",
                  image.name);
  auto mount_point = image.filesystem ? image.path : std::string();
  if (image.root == RootMode::rw) {
    // Validation has seen to it that no pool that may not write boots such an image.
    return text + exported(image.path, to, options(image.rules, false, mount_point));
  }
  text += exported(image.path, to, options(image.rules, true, mount_point));
  auto writers = writing_clients(cluster, image);
  if (writers.empty()) return text;
  for (const auto& directory : image.writable) {
    text += exported(image.path + directory.path, writers, options(directory.rules, false, mount_point));
  }
  return text;
}

}  // namespace krgboot::exports
