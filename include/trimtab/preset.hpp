// SPDX-License-Identifier: MIT
#pragma once

/// preset: known systems as policies, to compare with like for like. Not on the decision path.
#include <trimtab/policy.hpp>
