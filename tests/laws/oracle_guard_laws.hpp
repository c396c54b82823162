// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <trimtab/oracle/all_of.hpp>
#include <trimtab/oracle/concept.hpp>

#include <vector>

namespace trimtab::laws {

/// @brief What every oracle guard obeys, on every path of up to three looks over a small grid. A case has
///
/// - `static constexpr G guard()`
template <class Case>
class OracleGuardLaws : public testing::Test {
protected:
  static constexpr auto guard = Case::guard();
  using state_type = typename decltype(Case::guard())::state_type;

  struct look {
    quote seen;
    timestamp now;
  };

  /// Calls `visit(looks)` for every path: each look has two prices, an age of the reference and a pause before it.
  template <class F>
  static void for_paths(F visit) {
    std::vector<look> path;
    extend(path, at_unix(1'700'000'000), visit);
  }

private:
  static constexpr std::size_t longest = 3;
  template <class F>
  static void extend(std::vector<look>& path, timestamp before, F& visit) {
    if (!path.empty()) visit(path);
    if (path.size() == longest) return;
    for (const double reference : {80.0, 100.0, 125.0})
      for (const double protocol : {80.0, 100.0})
        for (const long long age : {0LL, 31LL})
          for (const long long pause : {12LL, 61LL}) {
            const timestamp now = before + seconds{pause};
            path.push_back({{{protocol, now}, {reference, now - seconds{age}}}, now});
            extend(path, now, visit);
            path.pop_back();
          }
  }
};
TYPED_TEST_SUITE_P(OracleGuardLaws);

TYPED_TEST_P(OracleGuardLaws, IsAGuardWithASoundConfiguration) {
  static_assert(OracleGuard<decltype(TypeParam::guard())>);
  static_assert(TypeParam::guard().validate() == errc::ok);
  SUCCEED();
}

TYPED_TEST_P(OracleGuardLaws, TwoFreshSourcesThatAgreeAndStandStillAreBelieved) {
  typename TestFixture::state_type state{};
  timestamp now = at_unix(1'700'000'000);
  for (const long long pause : {0LL, 1LL, 12LL, 59LL, 60LL, 61LL, 3600LL, 86'400LL}) {
    now += seconds{pause};
    const auto [verdict, next, why] = TestFixture::guard.step(state, {{100.0, now}, {100.0, now}}, now);
    EXPECT_EQ(verdict, trust::ok) << pause;
    EXPECT_EQ(why, doubt::none) << pause;
    state = next;
  }
}

TYPED_TEST_P(OracleGuardLaws, ThePriceUnitDoesNotMatter) {
  this->for_paths([](const auto& path) {
    typename TestFixture::state_type state{}, scaled_state{};
    for (const auto& [seen, now] : path) {
      quote scaled = seen;
      scaled.protocol.price *= 0x1p40;
      scaled.reference.price *= 0x1p40;
      const auto plain = TestFixture::guard.step(state, seen, now);
      const auto other = TestFixture::guard.step(scaled_state, scaled, now);
      ASSERT_EQ(plain.verdict, other.verdict);
      state = plain.state;
      scaled_state = other.state;
    }
  });
}

TYPED_TEST_P(OracleGuardLaws, TheEpochDoesNotMatter) {
  this->for_paths([](const auto& path) {
    typename TestFixture::state_type state{}, shifted_state{};
    for (const auto& [seen, now] : path) {
      constexpr seconds shift{1'000'000};
      quote shifted = seen;
      shifted.protocol.at -= shift;
      shifted.reference.at -= shift;
      const auto plain = TestFixture::guard.step(state, seen, now);
      const auto other = TestFixture::guard.step(shifted_state, shifted, now - shift);
      ASSERT_EQ(plain.verdict, other.verdict);
      state = plain.state;
      shifted_state = other.state;
    }
  });
}

TYPED_TEST_P(OracleGuardLaws, AloneOrTwiceInAllOfItSaysTheSame) {
  const oracle::all_of once{TypeParam::guard()};
  const oracle::all_of twice{TypeParam::guard(), TypeParam::guard()};
  this->for_paths([&](const auto& path) {
    typename TestFixture::state_type state{};
    typename decltype(once)::state_type once_state{};
    typename decltype(twice)::state_type twice_state{};
    for (const auto& [seen, now] : path) {
      const auto plain = TestFixture::guard.step(state, seen, now);
      const auto one = once.step(once_state, seen, now);
      const auto two = twice.step(twice_state, seen, now);
      ASSERT_EQ(one.verdict, plain.verdict);
      ASSERT_EQ(two.verdict, plain.verdict);
      state = plain.state;
      once_state = one.state;
      twice_state = two.state;
    }
  });
}

TYPED_TEST_P(OracleGuardLaws, TheFairPriceIsOneOfTheTwo) {
  this->for_paths([](const auto& path) {
    typename TestFixture::state_type state{};
    for (const auto& [seen, now] : path) {
      const auto said = TestFixture::guard.step(state, seen, now);
      const double sold = fair_price(seen, said.verdict, leg::sold),
                   bought = fair_price(seen, said.verdict, leg::bought);
      ASSERT_TRUE(sold == seen.protocol.price || sold == seen.reference.price);
      ASSERT_TRUE(bought == seen.protocol.price || bought == seen.reference.price);
      ASSERT_LE(sold, bought);
      ASSERT_EQ(reason_of(said.verdict) == errc::ok, said.verdict == trust::ok);
      for (const double bad : {0.0, -1.0, infinity}) {
        quote spoilt = seen;
        spoilt.reference.price = bad;
        ASSERT_EQ(fair_price(spoilt, TestFixture::guard.step(state, spoilt, now).verdict, leg::sold),
                  seen.protocol.price);
      }
      state = said.state;
    }
  });
}

REGISTER_TYPED_TEST_SUITE_P(OracleGuardLaws, IsAGuardWithASoundConfiguration,
                            TwoFreshSourcesThatAgreeAndStandStillAreBelieved, ThePriceUnitDoesNotMatter,
                            TheEpochDoesNotMatter, AloneOrTwiceInAllOfItSaysTheSame, TheFairPriceIsOneOfTheTwo);

}  // namespace trimtab::laws
