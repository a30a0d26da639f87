#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/base/error.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <string_view>

// Root of a node can write anything into its image. That may block work on this image, but not on the others
// or the server: errors from reading an image become findings of that image here.

namespace krgboot {

/// For the handler of `error`: throws it again if its cause is this process or machine (memory, open files, a
/// fault in krgboot) and not a file on the disk.
void rethrow_unless_of_files(const Error& error);

/// Turns an error from reading the image at `image` (a path as seen in `root`) into a finding: code
/// "image.unreadable" for an IoError, otherwise the error's own code; `where` is the file, as seen in `root`
/// too. `file`: the file that was read, if the error does not name it. Must be called while `error` is
/// handled; see `rethrow_unless_of_files`.
Diagnostic image_fault(const Root& root, const std::string& image, std::string_view file,
                       std::string_view origin, const Error& error);

/// Does `error` name a path in the image at `image` (a path as seen in `root`)?
bool is_of_image(const Root& root, const std::string& image, const Error& error);

/// Calls `look`; returns the image_fault of its error, if it throws.
template <class Look>
std::optional<Diagnostic> fault_of(const Root& root, const std::string& image, std::string_view file,
                                   std::string_view origin, Look look) {
  try {
    look();
  } catch (const Error& error) {
    return image_fault(root, image, file, origin, error);
  }
  return std::nullopt;
}

}  // namespace krgboot
