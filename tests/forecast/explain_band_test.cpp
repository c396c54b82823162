// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/explain_band.hpp>

#include <array>
#include <cstdio>
#include <string>

namespace trimtab {
namespace {

using namespace forecast;

band_economics typical() {
  band_economics e{.health = {.drift = -0.1, .volatility = 0.7},
                   .threshold = 0.8,
                   .equity = 1e6,
                   .gas = 20.0,
                   .cost = 5e-4,
                   .impact = 1e-9,
                   .latency = 60.0 / 31536000.0,
                   .loss = 1e5,
                   .wanted = 1.6};
  e.tracking = tracking_for(1.0, e);
  return e;
}

std::string words(const band_economics& e, const band_wishes& wishes = {}) {
  std::array<char, 640> buffer{};
  const auto best = best_band_of(e, wishes);
  EXPECT_TRUE(best) << name(best.error());
  return std::string(explain(*best, e, buffer));
}

bool says(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

TEST(ExplainBand, SaysWhatSetsTheEdges) {
  const auto e = typical();
  const std::string text = words(e);
  const auto best = best_band_of(e);
  char first[96];
  std::snprintf(first, sizeof first, "keep health between %.4f and %.4f, back to %.4f: ", best->band.lower,
                best->band.upper, best->band.target);
  EXPECT_EQ(text.rfind(first, 0), 0U) << text;
  EXPECT_TRUE(says(text, "width set mostly by the spread")) << text;
  EXPECT_TRUE(says(text, "above the floor of 1.0032")) << text;
  EXPECT_TRUE(says(text, "cost of the small-cost rule +")) << text;
  EXPECT_LT(text.size(), 620U);
  EXPECT_EQ(text, words(e));

  auto dear = e;
  dear.gas = 5e3;
  EXPECT_TRUE(says(words(dear), "width set mostly by gas")) << words(dear);
  auto thin = e;
  thin.impact = 3e-8, thin.cost = 1e-5;
  EXPECT_TRUE(says(words(thin), "width set mostly by impact")) << words(thin);
  EXPECT_TRUE(says(words(e, {.lowest = 1.5}), "held up by the floor of 1.5000")) << words(e, {.lowest = 1.5});
}

TEST(ExplainBand, FitsAnyBuffer) {
  const auto e = typical();
  const auto best = best_band_of(e);
  ASSERT_TRUE(best);
  const std::string whole = words(e);
  EXPECT_TRUE(explain(*best, e, {}).empty());
  for (const std::size_t n : {std::size_t{1}, std::size_t{2}, std::size_t{50}}) {
    std::array<char, 50> small{};
    EXPECT_EQ(explain(*best, e, std::span(small).first(n)), whole.substr(0, n - 1));
  }
}

}  // namespace
}  // namespace trimtab
