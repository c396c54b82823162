// SPDX-License-Identifier: MIT
#pragma once

/// record: what was seen and decided, word for word, and decided again. Not on the decision path.
#include <trimtab/policy.hpp>
#include <trimtab/record/data.hpp>
#include <trimtab/record/incident.hpp>
#include <trimtab/record/models.hpp>
#include <trimtab/record/names.hpp>
#include <trimtab/record/parts.hpp>
#include <trimtab/record/presets.hpp>
#include <trimtab/record/read.hpp>
#include <trimtab/record/text.hpp>
#include <trimtab/record/word.hpp>
