#pragma once

#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/loaded.hpp"
#include "services/tftp_settings.hpp"

namespace krgboot {

/// A name that TFTP asks for, as a path inside the directory that the server is confined to; empty where it
/// has no such path.
std::string as_tftp_path(std::string_view name);

/// nullopt: the TFTP server hands this file out of `tftp`, the directory that it serves. It wants files that
/// others may read, and enters directories with its own user's rights (see TftpAccess).
std::optional<NotServed> not_served(const Root& tftp, const std::string& name, const TftpAccess& access);

/// The files of a TFTP root, as machines get them.
class FilesByTftp : public ServedFiles {
 public:
  /// `settings`: nullopt where somebody else serves the root. Keeps references.
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
