#include "krgboot/apply/dhcp_host.hpp"

#include "krgboot/base/error.hpp"

#include <functional>
#include <utility>

#include <fmt/format.h>

#include "file_reader.hpp"
#include "recovery.hpp"
#include "services/services.hpp"

namespace krgboot {

namespace {

/// The owner of all these hosts. No cluster has a blank in its name.
constexpr auto hosts_scope = "dhcp hosts";

const DhcpService& service_of(const std::string& program) {
  if (const auto* service = dhcp_named(program)) return *service;
  throw ArgumentError("dhcp.program", program,
                      fmt::format("krgboot configures no DHCP server {}", in_quotes(program)));
}

std::string current_text(const Root& root, const std::string& path) {
  auto content = root.read_through_links(path);
  return content ? std::move(content->bytes) : std::string();
}

using EditText = std::function<std::string(const std::string&)>;

Proposal propose_hosts(const Root& root, const DhcpServerPlace& server, const DiffOptions& options,
                       const EditText& edit) {
  const auto& service = service_of(server.program);
  recover_if_needed(root);
  auto path = service.hosts_file(server.release);
  auto before = current_text(root, path);
  auto plan = plan_items({hosts_scope}, service.hosts_items(server.release, edit(before)), server.release);
  auto proposal = propose(std::move(plan), root, server.release, options);
  if (current_text(root, path) != before)
    throw ConflictError("plan.stale", path, fmt::format("{} has changed in between; plan again", path));
  return proposal;
}

/// Reads the server's files as they are after the changes.
FileReader reader_after(const Root& root, const Changes& changes) {
  auto now = reader_of(root, [](const std::string& path) { return path; });
  auto read = [now, &changes](const std::string& path) -> std::optional<std::string> {
    for (const auto& change : changes.changes) {
      if (item_of(change.item).path != path) continue;
      if (const auto* file = std::get_if<WriteFile>(&change.item)) return file->content;
      return std::nullopt;
    }
    return now(path);
  };
  return {std::move(read), now.list};
}

Diagnostic notice(std::string code, std::string message, std::string hint) {
  return {Severity::warning, std::move(code), std::move(message), std::move(hint), "", {}};
}

/// What the server would answer, if it is not what the host is for.
std::optional<Diagnostic> unexpected_answer(const DhcpService& service, const DhcpHost& host,
                                            const Release& release, const FileReader& read) {
  auto configuration = service.configuration(release, read);
  if (!configuration) return std::nullopt;
  auto name = host.name.to_string();
  auto offer = configuration->offer({host.mac, std::nullopt, host.address});
  if (!offer.offered)
    return notice("dhcp.no_answer", fmt::format("{} would get no address: {}", name, offer.reason),
                  "declare the subnet of the address");
  if (host.address && offer.address != host.address) {
    auto other = offer.address ? offer.address->to_string() : "an address of a pool";
    return notice("dhcp.other_address",
                  fmt::format("{} would get {}, not {}: {}", name, other, host.address->to_string(),
                              offer.address_where),
                  "give the machine only one address");
  }
  return std::nullopt;
}

}  // namespace

Proposal propose_dhcp_host(const DhcpHost& host, const Root& root, const DhcpServerPlace& server,
                           const DiffOptions& options) {
  const auto& service = service_of(server.program);
  auto proposal = propose_hosts(root, server, options,
                                [&](const std::string& text) { return service.with_host(text, host); });
  auto read = reader_after(proposal.root, proposal.changes);
  if (auto found = unexpected_answer(service, host, server.release, read))
    proposal.changes.notices.push_back(*std::move(found));
  return proposal;
}

Proposal propose_without_dhcp_host(const HostName& name, const Root& root, const DhcpServerPlace& server,
                                   const DiffOptions& options) {
  const auto& service = service_of(server.program);
  return propose_hosts(root, server, options,
                       [&](const std::string& text) { return service.without_host(text, name); });
}

}  // namespace krgboot
