#pragma once

#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/loaded.hpp"
#include "services/tftp_settings.hpp"

namespace krgboot {

/// The name in a TFTP request as a path inside the directory that the server is confined to; empty if it
/// leads out of it.
std::string as_tftp_path(std::string_view name);

/// nullopt if the TFTP server serves this file from `tftp`, its directory. The server requires files that
/// others may read, and enters directories with the rights of its user (see TftpAccess).
std::optional<NotServed> not_served(const Root& tftp, const std::string& name, const TftpAccess& access);

/// The files of a TFTP root as machines see them.
class FilesByTftp : public ServedFiles {
 public:
  /// `settings`: nullopt if krgboot does not configure the TFTP server. Keeps references.
  FilesByTftp(const Root& tftp, const std::string& root, const std::optional<TftpSettings>& settings)
      : tftp_(tftp), root_(root), settings_(settings) {}

  std::string path(std::string_view name) const override { return as_tftp_path(name); }
  std::optional<NotServed> refused(std::string_view name) const override;
  bool exists(std::string_view name) const override;
  std::optional<std::string> read(std::string_view name) const override;
  std::string head(std::string_view name, std::size_t size) const override;
  std::vector<std::string> list(std::string_view directory) const override;
  std::string root() const override { return root_; }
  bool renames() const override { return settings_ && !settings_->renames.empty(); }

 private:
  const Root& tftp_;
  const std::string& root_;
  const std::optional<TftpSettings>& settings_;
};

}  // namespace krgboot
