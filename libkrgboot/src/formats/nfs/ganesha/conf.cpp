#include "krgboot/formats/nfs/ganesha/conf.hpp"

#include "krgboot/base/error.hpp"
#include "krgboot/base/text.hpp"
#include "krgboot/formats/nfs/exports/quote.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "words.hpp"

namespace krgboot {

namespace {

using exports::Access;
using exports::Client;
using exports::ClientKind;
using exports::Entry;
using exports::Flavor;

constexpr std::size_t most_exports = 65535;  // Export_Id has 16 bits, and 0 is that of the pseudo root
/// NFSACL is 100227. RFC 5531 reserves numbers from 0x40000000 on for temporary use.
constexpr std::uint32_t nfsacl_out_of_reach = 0x40000000 + 100227;

/// The rights of the clients of one entry; no access if the entry refuses them.
struct Rights {
  std::optional<Access> access;
  bool without_flavor = false;  // flavor none gets the same rights
  bool secure = true;
  std::uint32_t anonuid = 65534;
  std::uint32_t anongid = 65534;
  bool version_4 = true;
  friend bool operator==(const Rights&, const Rights&) = default;

  /// Does it allow anything that `other` does not?
  bool exceeds(const Rights& other) const {
    if (!access) return false;
    if (!other.access) return true;
    auto more = [](bool restricted, bool there) { return !restricted && there; };
    return more(access->read_only, other.access->read_only) ||
           more(access->root_squash || access->all_squash,
                other.access->root_squash || other.access->all_squash) ||
           more(access->all_squash, other.access->all_squash) || more(secure, other.secure) ||
           (version_4 && !other.version_4) ||
           ((access->root_squash || access->all_squash) &&
            (anonuid != other.anonuid || anongid != other.anongid)) ||
           (without_flavor && !other.without_flavor);
  }
};

/// "/srv/nfs" is the parent of "/srv/nfs/debian"; "" if there is no parent.
std::string parent(const std::string& path) {
  if (path == "/") return "";
  auto slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

class Writer {
 public:
  Writer(const exports::ExportsView& view, const GaneshaOptions& options) : options_(options) {
    for (const auto& table : view.tables()) {
      for (const auto& entry : table.list()) add(entry);
    }
    for (auto& [path, entries] : entries_) {
      std::stable_sort(entries.begin(), entries.end(), [](const Entry* a, const Entry* b) {
        return Client::parse(a->client).kind() < Client::parse(b->client).kind();
      });
    }
  }

  GaneshaConf result() {
    head();
    std::size_t id = 0;
    for (const auto& path : paths_) {
      if (auto quoted = ganesha::quote(path); !quoted) {
        report(Severity::error, "ganesha.path", *entries_[path].front(),
               fmt::format("Ganesha's configuration cannot hold the path {}", in_quotes(path)),
               "the export is left out");
      } else if (id == most_exports) {
        report(Severity::error, "ganesha.too_many", *entries_[path].front(),
               fmt::format("Ganesha has room for {} exports", most_exports), "this one is left out");
      } else {
        write_export(++id, path, *quoted);
      }
    }
    return std::move(conf_);
  }

 private:
  void add(const Entry& entry) {
    auto path = exports::normal_path(entry.path);
    if (path.empty() || path.front() != '/') return;  // no client can mount it
    auto& here = entries_[path];
    if (here.empty()) paths_.push_back(path);
    here.push_back(&entry);
    if (entry.effective.fsid() != 0U) return;
    if (!root_) root_ = path;
    if (*root_ != path) {
      report(Severity::warning, "ganesha.second_root", entry,
             fmt::format("NFSv4 has one root, and that is {}", in_quotes(*root_)),
             fmt::format("fsid=0 of {} is ignored", in_quotes(path)));
    }
  }

  void report(Severity severity, std::string code, const Entry& entry, std::string message,
              std::string hint) {
    Diagnostic finding{severity, std::move(code), std::move(message), std::move(hint), "", entry.where};
    // An entry also applies to the exports below its path: report each finding once.
    if (std::find(conf_.diagnostics.begin(), conf_.diagnostics.end(), finding) == conf_.diagnostics.end()) {
      conf_.diagnostics.push_back(std::move(finding));
    }
  }

  void head() {
    auto& text = conf_.text;
    // An NFS root needs neither NLM, which requires rpc.statd, nor rquota.
    // NFSv3 clients use POSIX ACLs through a separate RPC program. Ganesha offers that program, but it
    // answers with EIO when a file is copied with its mode. Under another program number clients do not find
    // it and work without ACLs.
    // NFSv4.2 is off: Linux 6.12 then reads with READ_PLUS and gets EIO from Ganesha 4.3.
    // Owners are numbers, as in nfsd: for a name lookup a node would have to run a program from the root that
    // it cannot read yet.
    // Ganesha 6 exits if the kernel does not let it become an I/O flusher, because CAP_SYS_RESOURCE is
    // missing, unless it is told to continue. Ganesha 4.3 does not become an I/O flusher and ignores the
    // option with a warning.
    text += fmt::format(
        "NFS_CORE_PARAM {{\n  Protocols = 3, 4;\n  Enable_NLM = false;\n  Enable_RQUOTA = false;\n"
        "  NFSACL_Program = {};\n  Allow_Set_Io_Flusher_Fail = true;\n{}  Bind_addr = {};\n}}\n"
        "NFSV4 {{\n  Graceless = true;\n  Minor_Versions = 0, 1;\n  Only_Numeric_Owners = true;\n"
        "  RecoveryBackend = fs;\n}}\n",
        nfsacl_out_of_reach, options_.udp ? "" : "  Enable_UDP = false;\n", options_.bind.to_string());
    if (options_.log.empty()) return;
    text += "LOG {\n  COMPONENTS {\n";
    for (const auto& [component, level] : options_.log) {
      for (const auto& word : {component, level}) {
        if (!ganesha::is_identifier(word)) {
          throw ArgumentError("ganesha.log", word,
                              fmt::format("{} is no component or level of Ganesha's log", in_quotes(word)));
        }
      }
      text += fmt::format("    {} = {};\n", component, level);
    }
    text += "  }\n}\n";
  }

  /// Path of the export in NFSv4. If an export has fsid=0, it is the root of NFSv4, and exports outside it
  /// are not reachable.
  std::optional<std::string> pseudo(const std::string& path) const {
    if (!root_ || *root_ == "/") return path;
    if (path == *root_) return "/";
    if (path.compare(0, root_->size() + 1, *root_ + "/") == 0) return path.substr(root_->size());
    return std::nullopt;
  }

  void write_export(std::size_t id, const std::string& path, const std::string& quoted) {
    auto& text = conf_.text;
    text += fmt::format("\nEXPORT {{\n  Export_Id = {};\n  Path = {};\n", id, quoted);
    auto name = pseudo(path);
    if (name) text += fmt::format("  Pseudo = {};\n", *ganesha::quote(*name));
    text += fmt::format("  Protocols = {};\n", name ? "3, 4" : "3");
    // A client that no CLIENT block lists has no access.
    text += fmt::format(
        "  Access_Type = NONE;\n  Transports = {};\n  SecType = sys;\n  FSAL {{\n    Name = VFS;\n  }}\n",
        options_.udp ? "TCP, UDP" : "TCP");
    write_clients(path);
    text += "}\n";
  }

  void write_clients(const std::string& path) {
    std::vector<std::string> together;  // consecutive clients with the same rights
    Rights rights;
    auto flush = [&] {
      if (!together.empty()) write_client(together, rights);
      together.clear();
    };
    std::vector<std::pair<const Entry*, Rights>> lost;
    for (auto here = path; !here.empty(); here = parent(here)) {
      auto found = entries_.find(here);
      if (found == entries_.end()) continue;
      for (const auto* entry : found->second) {
        auto client = Client::parse(entry->client);
        if (ganesha::matches_nobody(client)) {
          if (client.kind() == ClientKind::gss) report_flavor(*entry, client.to_string());
          continue;
        }
        auto now = rights_of(*entry);
        // At the path of the NFSv4 root, only clients with fsid=0 may use NFSv4.
        now.version_4 = path != root_ || (here == path && entry->effective.fsid() == 0U);
        auto word = ganesha::client_word(client);
        if (!word) {
          report(Severity::error, "ganesha.client", *entry,
                 fmt::format("Ganesha cannot express the client {}", in_quotes(client.to_string())),
                 "it is left out, with later entries that would give those machines more rights");
          lost.emplace_back(entry, now);
          continue;
        }
        auto before =
            std::find_if(lost.begin(), lost.end(), [&](const auto& one) { return now.exceeds(one.second); });
        if (before != lost.end()) {
          report(Severity::error, "ganesha.after_client", *entry,
                 fmt::format("the client {} would get more rights from this entry than from its own ({})",
                             in_quotes(before->first->client), before->first->where.to_string()),
                 "it is left out");
          lost.emplace_back(entry, now);
          continue;
        }
        if (ganesha::is_looked_up(client)) {
          report(
              Severity::warning, "ganesha.client_by_name", *entry,
              fmt::format("Ganesha asks the name service for the client {}", in_quotes(client.to_string())),
              "an address is the same to both servers");
        }
        if (!(now == rights)) flush();
        rights = now;
        together.push_back(std::move(*word));
      }
    }
    flush();
  }

  void write_client(const std::vector<std::string>& clients, const Rights& rights) {
    auto& text = conf_.text;
    text += fmt::format("  CLIENT {{\n    Clients = {};\n", fmt::join(clients, ", "));
    if (!rights.access) {
      text += "    Access_Type = NONE;\n  }\n";
      return;
    }
    const auto& access = *rights.access;
    text += fmt::format("    Access_Type = {};\n", access.read_only ? "RO" : "RW");
    if (!rights.version_4) text += "    Protocols = 3;\n";
    if (rights.without_flavor) text += "    SecType = none, sys;\n";
    text += fmt::format(
        "    Squash = {};\n    Anonymous_Uid = {};\n    Anonymous_Gid = {};\n    PrivilegedPort = {};\n  "
        "}}\n",
        access.all_squash    ? "All_Squash"
        : access.root_squash ? "Root_Squash"
                             : "No_Root_Squash",
        rights.anonuid, rights.anongid, rights.secure);
  }

  void report_flavor(const Entry& entry, std::string_view what) {
    report(Severity::warning, "ganesha.flavor", entry,
           fmt::format("{} is left out: only clients of flavor sys are carried over", in_quotes(what)),
           "clients that use Kerberos are refused");
  }

  Rights rights_of(const Entry& entry) {
    const auto& options = entry.effective;
    Rights rights;
    rights.secure = options.secure();
    rights.anonuid = options.anonuid();
    rights.anongid = options.anongid();
    auto refuse = [&](std::string_view option, std::string_view code, std::string_view why) {
      report(Severity::error, fmt::format("ganesha.{}", code), entry, fmt::format("{}= {}", option, why),
             "its clients are refused");
      return rights;
    };
    if (options.refer())
      return refuse("refer", "refer", "sends clients elsewhere, which Ganesha's VFS cannot");
    if (options.mountpoint() && !options_.mounted) {
      return refuse("mountpoint", "mountpoint", "depends on what is mounted, which Ganesha does not look at");
    }
    rights.access = options.access(Flavor::sys);
    for (const auto& flavor : options.flavors()) {
      if (flavor.flavor == Flavor::sys) continue;
      auto same = rights.access;
      if (same) same->flavor = flavor.flavor;
      if (flavor.flavor == Flavor::none && same == flavor) {
        rights.without_flavor = true;
      } else {
        report_flavor(entry, "sec=" + exports::to_string(flavor.flavor));
      }
    }
    return rights;
  }

  const GaneshaOptions& options_;
  std::map<std::string, std::vector<const Entry*>> entries_;  // by path, in the order of nfs-utils
  std::vector<std::string> paths_;                            // in the order read
  std::optional<std::string> root_;                           // root of NFSv4, if an export has fsid=0
  GaneshaConf conf_;
};

}  // namespace

GaneshaConf ganesha_conf(const exports::ExportsView& exports, const GaneshaOptions& options) {
  return Writer(exports, options).result();
}

}  // namespace krgboot
