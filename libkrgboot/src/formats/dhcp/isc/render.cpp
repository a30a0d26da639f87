#include "krgboot/formats/dhcp/isc/render.hpp"

#include "krgboot/base/text.hpp"
#include "krgboot/formats/dhcp/isc/syntax.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace krgboot::dhcpd {

namespace {

std::string joined(const std::vector<Ipv4Address>& addresses) {
  std::string text;
  for (auto address : addresses) text += (text.empty() ? "" : ", ") + address.to_string();
  return text;
}

/// Does dhcpd's parser take this host name for an address? It does at NUMBER '.' NUMBER.
bool looks_like_address(std::string_view name) {
  auto labels = split(name, '.');
  auto digits = [](std::string_view label) {
    return !label.empty() && label.find_first_not_of("0123456789") == std::string_view::npos;
  };
  return labels.size() > 1 && digits(labels[0]) && digits(labels[1]);
}

/// The value of `option ntp-servers`: addresses and names. Names that dhcpd would misread need an expression,
/// and a list of literals cannot contain an expression.
std::string ntp_servers(const std::vector<std::string>& servers) {
  auto misread = [](const std::string& server) {
    return !Ipv4Address::parse(server) && looks_like_address(server);
  };
  std::string text;
  if (std::none_of(servers.begin(), servers.end(), misread)) {
    for (const auto& server : servers) text += (text.empty() ? "" : ", ") + server;
    return text;
  }
  for (const auto& server : servers) {
    text += text.empty() ? "" : ", ";
    if (auto address = Ipv4Address::parse(server)) {
      auto bits = address->bits();
      text += fmt::format("{:02x}:{:02x}:{:02x}:{:02x}", bits >> 24U, bits >> 16U & 0xffU, bits >> 8U & 0xffU,
                          bits & 0xffU);
    } else {
      text += fmt::format("gethostbyname({})", quote(server));
    }
  }
  return servers.size() == 1 ? "= " + text : fmt::format("= concat({})", text);
}

class Renderer {
 public:
  Renderer(const ServerView& view, const RenderOptions& options)
      : view_(view), cluster_(view.cluster), options_(options) {}

  std::string run() {
    header();
    extra(view_.server.extra, "server.extra", "");
    general_options();
    for (std::size_t i = 0; i < view_.networks.size(); ++i) network(i);
    hosts();
    line("}}");
    return fmt::to_string(out_);
  }

 private:
  template <class... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Arguments>(arguments)...);
    out_.push_back('\n');
  }

  void header() {
    line("# Written by krgboot from cluster.yaml (cluster {}); do not edit: it is overwritten.",
         in_quotes(cluster_.name()));
    line("# dhcpd.conf includes this file. Change cluster.yaml instead, or use its keys `extra`.");
    line("");
  }

  void extra(const std::vector<std::string>& lines, const std::string& key, std::string_view indent) {
    if (lines.empty()) return;
    line("{}# cluster.yaml: {}", indent, key);
    for (const auto& raw : lines) line("{}{}", raw.empty() ? "" : indent, raw);
    if (indent.empty()) line("");
  }

  /// Parts 1 and 2 of the guide. The group limits them to this cluster's declarations.
  void general_options() {
    line("group {{");
    line("  option dhcp-max-message-size 2048;");
    line("  use-host-decl-names on;");
    line("  deny bootp;");
    line("  # cluster.yaml: cluster.domain");
    line("  option domain-name {};", quote(cluster_.domain().to_string()));
    line("  # cluster.yaml: server.address; the boot loader is fetched from there");
    line("  next-server {};", view_.server.address.to_string());
    line("  filename \"pxelinux.0\";");
    if (auto entry = default_entry()) {
      line("  # cluster.yaml: default_boot, the image {} of boot.{}",
           in_quotes(cluster_.image_of(*entry).name), in_quotes(entry->name));
      line("  option root-path {};", quote(cluster_.image_of(*entry).path));
    }
  }

  /// Part 3 of the guide.
  void network(std::size_t index) {
    const auto& network = view_.networks[index];
    const auto& subnet = network.subnet;
    auto key = fmt::format("networks[{}]", index);
    line("");
    line("  # cluster.yaml: {}", key);
    line("  subnet {} netmask {} {{", subnet.network().to_string(), subnet.netmask().to_string());
    if (network.router) line("    option routers {};", network.router->to_string());
    // Networks of one or two addresses have no broadcast address (RFC 3021).
    if (subnet.prefix_length() < 31) {
      line("    option broadcast-address {};", subnet.broadcast().to_string());
    }
    if (!network.dns.empty()) line("    option domain-name-servers {};", joined(network.dns));
    if (!network.ntp.empty()) line("    option ntp-servers {};", ntp_servers(network.ntp));
    // Diskless machines do not renew the lease that their initramfs got. Written before `extra`, which may
    // override it.
    if (network.pool) line("    default-lease-time {0}; max-lease-time {0};", network.pool->lease);
    extra(network.extra, key + ".extra", "    ");
    if (network.pool) pool(network, key);
    line("  }}");
  }

  void pool(const Network& network, const std::string& key) {
    line("    # cluster.yaml: {}.pool, {}.unknown_clients", key, key);
    line("    pool {{");
    line("      range {} {};", network.pool->range.first.to_string(), network.pool->range.last.to_string());
    line("      {} unknown-clients;", network.unknown_clients_allowed ? "allow" : "deny");
    if (options_.ignores_client_uids) line("      ignore-client-uids true;");
    if (network.pool->host_prefix) {
      line(
          "      option host-name = concat({}, binary-to-ascii(10, 8, \".\", substring(leased-address, 3, "
          "1)));",
          quote(network.pool->host_prefix->to_string()));
    }
    line("    }}");
  }

  void hosts() {
    std::optional<std::size_t> entry;
    for (const auto& node : view_.nodes) {
      if (node.entry != entry) {
        entry = node.entry;
        line("");
        line("  # cluster.yaml: nodes[{}]", node.entry);
      }
      host(node);
    }
  }

  void host(const Node& node) {
    if (!node.mac) {
      line("  # {} ({}) has no mac: dhcpd cannot recognise it.", node.name.to_string(),
           node.address.to_string());
      return;
    }
    fmt::format_to(std::back_inserter(out_), "  host {} {{ hardware ethernet {}; fixed-address {};",
                   node.name.to_string(), node.mac->to_string(), node.address.to_string());
    const auto& entry = cluster_.boot_of(node);
    if (!default_entry() || default_entry()->image != entry.image) {
      fmt::format_to(std::back_inserter(out_), " option root-path {};", quote(cluster_.image_of(entry).path));
    }
    line(" }}");
  }

  const BootEntry* default_entry() const {
    auto index = cluster_.default_boot();
    return index ? &cluster_.boot().at(*index) : nullptr;
  }

  const ServerView view_;
  const Cluster& cluster_;
  const RenderOptions& options_;
  fmt::memory_buffer out_;
};

}  // namespace

std::string render(const ServerView& view, const RenderOptions& options) {
  return Renderer(view, options).run();
}

}  // namespace krgboot::dhcpd
