#pragma once

#include "krgboot/model/server_view.hpp"
#include "krgboot/services/boot_file_candidate.hpp"
#include "krgboot/services/step.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/offer.hpp"

namespace krgboot {

/// Why the TFTP server does not serve a file.
struct NotServed {
  std::string why;
  bool sure = true;  ///< false: the server's user may own the file or be in its group
};

/// The files that a machine can fetch, by the names that a TFTP client sends.
class ServedFiles {
 public:
  virtual ~ServedFiles() = default;
  /// The path of `name` below the TFTP root, with a leading '/'; empty if it leads out of the root.
  virtual std::string path(std::string_view name) const = 0;
  /// nullopt if the file is served.
  virtual std::optional<NotServed> refused(std::string_view name) const = 0;
  /// Does a file of that name exist, served or not?
  virtual bool exists(std::string_view name) const = 0;
  virtual std::optional<std::string> read(std::string_view name) const = 0;
  /// The first `size` bytes, fewer at the end of the file; empty if the file cannot be read.
  virtual std::string head(std::string_view name, std::size_t size) const = 0;
  /// Names in a directory; empty if it does not exist.
  virtual std::vector<std::string> list(std::string_view directory) const = 0;
  /// The TFTP root on the server, for messages.
  virtual std::string root() const = 0;
  /// Does the server rewrite names, so that a request for a missing file may still succeed?
  virtual bool renames() const = 0;
};

/// A machine whose firmware has fetched a loader.
struct LoadRequest {
  std::optional<MacAddress> mac;
  std::optional<Uuid> uuid;
  std::optional<Ipv4Address> address;
  const Node* node = nullptr;  ///< the node of the cluster; nullptr for any other machine
  std::string program;         ///< name of the loader's file, as sent by DHCP
  std::string config_file;     ///< option 209; empty: none
  std::string path_prefix;     ///< option 210; empty: none
  std::optional<Ipv4Address> next_server;
  const ServerView& view;
  const ServedFiles& files;
};

/// A file that a loader fetched for a machine.
struct LoadedFile {
  std::string name;  ///< as written in the boot file
  std::string path;  ///< below the TFTP root, with a leading '/'; empty: from another source
  friend bool operator==(const LoadedFile&, const LoadedFile&) = default;
};

/// The actions of a loader, up to the start of a kernel.
struct Loaded {
  std::vector<TraceStep> steps;
  std::vector<BootFileCandidate> boot_files;  ///< in the order of the requests
  std::string boot_file;                      ///< the one that is loaded; empty: none
  std::string label;                          ///< its entry that is booted
  LoadedFile kernel;
  std::vector<LoadedFile> initrds;
  std::string command_line;
  bool starts_kernel = false;
};

}  // namespace krgboot
