// SPDX-License-Identifier: MIT
#pragma once

/// Semantic version; the build and the package files read these three lines.
#define TRIMTAB_VERSION_MAJOR 0
#define TRIMTAB_VERSION_MINOR 1
#define TRIMTAB_VERSION_PATCH 0
