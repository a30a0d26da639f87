#pragma once

#include "krgboot/base/diagnostic.hpp"
#include "krgboot/base/error.hpp"
#include "krgboot/system/root.hpp"

#include <optional>
#include <string>
#include <string_view>

// Whoever has root on a node fills its image. What he puts there may keep that image from being looked at,
// but neither the others nor the server: what reading an image throws becomes a finding of that image, here.

namespace krgboot {

/// For the handler of `error`: throws it again where it tells of this process or machine (memory, open files,
/// a fault of krgboot's) rather than of what lies on the disk.
void rethrow_unless_of_files(const Error& error);

/// What was thrown while the image at `image`, a path as seen in `root`, was looked at, as an error of it:
/// code "image.unreadable" for an IoError, else the error's own; `where` is the file, as seen in `root` too.
/// `file`: the one that was looked at, where the error does not name it. Only while `error` is handled; see
/// `rethrow_unless_of_files`.
Diagnostic image_fault(const Root& root, const std::string& image, std::string_view file,
                       std::string_view origin, const Error& error);

/// Does `error` name a path in the image at `image`, a path as seen in `root`?
bool is_of_image(const Root& root, const std::string& image, const Error& error);

/// Calls `look`. What image_fault makes of what it throws.
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
