// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <trimtab/forecast/sample_tail.hpp>

#include "support/random.hpp"
#include "support/tolerance.hpp"
#include <array>
#include <cmath>
#include <numeric>
#include <vector>

namespace trimtab {
namespace {

using namespace forecast;

TEST(SampleTail, ByHand) {
  std::array<double, 5> losses{5.0, 1.0, 4.0, 2.0, 3.0};
  const sample_tail whole = *tail_of(losses, 0.6);  // αn = 3: VaR is the third, the tail is 4 and 5
  EXPECT_EQ(whole.value_at_risk, 3.0);
  EXPECT_EQ(whole.expected_shortfall, 4.5);
  const sample_tail part = *tail_of(losses, 0.7);  // αn = 3.5: half of the fourth and the fifth
  EXPECT_EQ(part.value_at_risk, 4.0);
  EXPECT_TRUE(test::close(part.expected_shortfall, (0.5 * 4.0 + 5.0) / 1.5, 1e-15));
  EXPECT_EQ(tail_of(losses, 0.0)->expected_shortfall, 3.0);
  EXPECT_EQ(tail_of(losses, 0.0)->value_at_risk, 1.0);
  const sample_tail last = *tail_of(losses, 1.0 - 0x1p-53);
  EXPECT_EQ(last.value_at_risk, 5.0);
  EXPECT_EQ(last.expected_shortfall, 5.0);
  std::vector<double> hundred(100);
  std::iota(hundred.begin(), hundred.end(), 1.0);
  for (int k = 1; k < 100; ++k) {  // whole ranks stay whole whatever the rounding of k/100
    EXPECT_EQ(tail_of(hundred, k / 100.0)->value_at_risk, static_cast<double>(k)) << k;
    EXPECT_TRUE(test::close(tail_of(hundred, k / 100.0)->expected_shortfall, 0.5 * (k + 101.0), 1e-14)) << k;
  }
}

TEST(SampleTail, SolvesTheProgrammeOfRockafellarAndUryasev) {
  test::random_numbers random(2000);
  for (int n = 0; n < 300; ++n) {
    std::vector<double> losses(1 + random.below(40));
    for (double& x : losses) x = std::floor(random.uniform(-10.0, 10.0)) * (n % 3 == 0 ? 1.0 : 0.37);  // ties
    const double alpha = random.uniform(0.0, 0.999);
    double best = infinity;
    for (const double c : losses) {  // the minimum over c is at an atom
      double beyond = 0.0;
      for (const double x : losses) beyond += std::fmax(x - c, 0.0);
      best = std::fmin(best, c + beyond / static_cast<double>(losses.size()) / (1.0 - alpha));
    }
    std::vector<weighted_loss> weighted;
    for (const double x : losses) weighted.push_back({x, 0.3});
    const sample_tail ours = *tail_of(losses, alpha), theirs = *tail_of(weighted, alpha);
    EXPECT_NEAR(ours.expected_shortfall, best, 1e-12) << n;
    EXPECT_NEAR(theirs.expected_shortfall, best, 1e-12) << n;
    EXPECT_EQ(ours.value_at_risk, theirs.value_at_risk) << n;
    double at_most = 0.0, below = 0.0;
    for (const double x : losses)
      at_most += x <= ours.value_at_risk ? 1.0 : 0.0, below += x < ours.value_at_risk ? 1.0 : 0.0;
    const double count = static_cast<double>(losses.size());
    EXPECT_GE(at_most / count, alpha - 1e-12);
    EXPECT_LE(below / count, alpha + 1e-12);
  }
}

TEST(SampleTail, AWeightIsThatManyEqualLosses) {
  test::random_numbers random(2002);
  for (int n = 0; n < 300; ++n) {
    std::vector<weighted_loss> weighted(1 + random.below(12));
    std::vector<double> repeated;
    for (weighted_loss& x : weighted) {
      x = {random.uniform(-1.0, 1.0), static_cast<double>(random.below(5))};
      for (double k = 0.0; k < x.weight; k += 1.0) repeated.push_back(x.loss);
    }
    if (repeated.empty()) {
      EXPECT_EQ(tail_of(weighted, 0.5).error(), errc::bad_configuration);
      continue;
    }
    const double alpha = n % 2 == 0 ? random.uniform(0.0, 0.99) : static_cast<double>(random.below(10)) / 10.0;
    const sample_tail ours = *tail_of(weighted, alpha), theirs = *tail_of(repeated, alpha);
    EXPECT_NEAR(ours.expected_shortfall, theirs.expected_shortfall, 1e-13) << n << ' ' << alpha;
    EXPECT_EQ(ours.value_at_risk, theirs.value_at_risk) << n << ' ' << alpha;
  }
}

TEST(SampleTail, RefusesByName) {
  const double nan = std::nan("");
  std::array<double, 2> losses{1.0, 2.0};
  std::array<weighted_loss, 2> weighted{{{1.0, 1.0}, {2.0, 1.0}}};
  for (const auto& [alpha, why] : {std::pair{nan, errc::not_finite}, std::pair{infinity, errc::not_finite},
                                   std::pair{-0.1, errc::bad_configuration}, std::pair{1.0, errc::bad_configuration}}) {
    EXPECT_EQ(tail_of(losses, alpha).error(), why);
    EXPECT_EQ(tail_of(weighted, alpha).error(), why);
  }
  EXPECT_EQ(tail_of(std::span<double>{}, 0.5).error(), errc::size_mismatch);
  EXPECT_EQ(tail_of(std::span<weighted_loss>{}, 0.5).error(), errc::size_mismatch);
  losses[1] = nan;
  EXPECT_EQ(tail_of(losses, 0.5).error(), errc::not_finite);
  weighted[1].weight = -1.0;
  EXPECT_EQ(tail_of(weighted, 0.5).error(), errc::negative_amount);
  weighted[1] = {nan, 1.0};
  EXPECT_EQ(tail_of(weighted, 0.5).error(), errc::not_finite);
  weighted[1] = {1.0, nan};
  EXPECT_EQ(tail_of(weighted, 0.5).error(), errc::not_finite);
  weighted[0] = weighted[1] = {1.0, 0.0};
  EXPECT_EQ(tail_of(weighted, 0.5).error(), errc::bad_configuration);
}

}  // namespace
}  // namespace trimtab
