#pragma once

/// The archiver: directory trees with every bit of their metadata, scanned, archived, restored, cloned,
/// compared with a manifest and with each other. It needs no cluster.

#include "krgboot/tree/archive.hpp"
#include "krgboot/tree/clone.hpp"
#include "krgboot/tree/diff.hpp"
#include "krgboot/tree/digest.hpp"
#include "krgboot/tree/entry.hpp"
#include "krgboot/tree/manifest.hpp"
#include "krgboot/tree/progress.hpp"
#include "krgboot/tree/restore.hpp"
#include "krgboot/tree/scan.hpp"
#include "krgboot/tree/verify.hpp"
