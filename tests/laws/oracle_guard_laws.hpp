// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <trimtab/oracle/all_of.hpp>
#include <trimtab/oracle/concept.hpp>

#include <array>
#include <cstddef>
#include <limits>
#include <vector>

namespace trimtab::laws {

/// What a guard reads, so that the laws know what it has to doubt.
enum reading : unsigned {
  reads_prices = 1,        ///< of the protocol and of our reference
  reads_protocol_age = 2,  ///< when the protocol's was said
  reads_reference_age = 4,
  reads_others = 8,
  reads_average = 16,
  reads_contractual = 32,
  reads_executable = 64,
  reads_next = 128,
  reads_sequencer = 256,
};

/// One look, with memory for the sources behind the span of a quote.
struct look {
  timestamp now;
  observation protocol{100.0, now}, reference{100.0, now};
  std::array<observation, 2> others{{{100.0, now}, {100.0, now}}};
  observation average{100.0, now}, contractual{100.0, now}, executable{100.0, now};
  observation next{100.0, now + seconds{1800}};
  trimtab::sequencer sequencer{true, never};

  /// Each price of it, and when it was said.
  std::array<observation*, 8> all() {
    return {&protocol, &reference, &others[0], &others[1], &average, &contractual, &executable, &next};
  }
  [[nodiscard]] quote seen() const {
    return {protocol, reference, others, average, contractual, {{executable.price}, executable.at}, next, sequencer};
  }
  [[nodiscard]] look in_other_unit(double factor) const {
    look l = *this;
    for (observation* o : l.all()) o->price *= factor;
    return l;
  }
  [[nodiscard]] look later(seconds shift) const {
    look l = *this;
    l.now += shift;
    for (observation* o : l.all())
      if (o->at != never) o->at += shift;
    if (l.sequencer.since != never) l.sequencer.since += shift;
    return l;
  }
};

/// @brief What every oracle guard obeys, on every path of up to three looks over a small grid. A case has
///
/// - `static constexpr G guard()`
/// - `static constexpr unsigned reads`, of `reading`
/// - `static constexpr G in_other_unit(double)` where the configuration holds a price
/// - `static constexpr bool protocol_may_be_anywhere = true` where a third source may excuse it
template <class Case>
class OracleGuardLaws : public testing::Test {
protected:
  static constexpr auto guard = Case::guard();
  using state_type = typename decltype(Case::guard())::state_type;
  static constexpr timestamp start = at_unix(1'700'000'000);

  static constexpr auto guard_in_other_unit(double factor) {
    if constexpr (requires { Case::in_other_unit(factor); }) {
      return Case::in_other_unit(factor);
    } else {
      return Case::guard();
    }
  }

  /// One of three sources in a median may be anything; every other one that is read counts.
  static constexpr bool settled_by_others(std::size_t source) {
    if constexpr (requires { Case::protocol_may_be_anywhere; }) return source == 0;
    return source == 2 || source == 3;
  }

  /// Calls `visit(looks)` for every path: each look has the two prices, one for all third sources, an age of the
  /// reference and of the third ones, and a pause before it.
  template <class F>
  static void for_paths(F visit) {
    std::vector<look> path;
    extend(path, start, visit);
  }
  /// Calls `visit(source)` with an index of `look::all` for each source that the guard reads.
  template <class F>
  static void for_sources(F visit) {
    constexpr unsigned bits[] = {reads_prices,  reads_prices,      reads_others,     reads_others,
                                 reads_average, reads_contractual, reads_executable, reads_next};
    for (std::size_t i = 0; i < 8; ++i)
      if ((Case::reads & bits[i]) != 0) visit(i);
  }
  /// The state after a first look at which all agree, long enough before `start`.
  static state_type settled() { return guard.step({}, look{start - seconds{12}}.seen(), start - seconds{12}).state; }
  static auto judge(const look& l) { return guard.step(settled(), l.seen(), l.now); }

private:
  static constexpr std::size_t longest = 3;
  template <class F>
  static void extend(std::vector<look>& path, timestamp before, F& visit) {
    if (!path.empty()) visit(path);
    if (path.size() == longest) return;
    for (const double reference : {80.0, 100.0, 125.0})
      for (const double protocol : {80.0, 100.0})
        for (const double third : {80.0, 100.0})
          for (const long long age : {0LL, 31LL})
            for (const long long pause : {12LL, 61LL}) {
              if (path.size() == 2 && (third == 80.0) != (age == 0)) continue;  // two thirds of the time for little
              look l{before + seconds{pause}};
              l.reference = {reference, l.now - seconds{age}};
              l.protocol.price = protocol;
              for (observation* o : {&l.others[0], &l.others[1], &l.average, &l.contractual, &l.executable}) {
                o->price = third;
                o->at -= seconds{2 * age};
              }
              l.next.price = third;
              l.sequencer = {age == 0 || third == 100.0, l.now - seconds{age * 200}};
              path.push_back(l);
              extend(path, l.now, visit);
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

TYPED_TEST_P(OracleGuardLaws, FreshSourcesThatAgreeAndStandStillAreBelieved) {
  typename TestFixture::state_type state{};
  timestamp now = TestFixture::start;
  for (const long long pause : {0LL, 1LL, 12LL, 59LL, 60LL, 61LL, 3600LL, 86'400LL}) {
    now += seconds{pause};
    const auto [verdict, next, why] = TestFixture::guard.step(state, look{now}.seen(), now);
    EXPECT_EQ(verdict, trust::ok) << pause;
    EXPECT_EQ(why, doubt::none) << pause;
    state = next;
  }
}

TYPED_TEST_P(OracleGuardLaws, ADoubtStandsExactlyWithAVerdictThatIsNotOk) {
  std::size_t believed = 0, doubted = 0;
  this->for_paths([&](const auto& path) {
    typename TestFixture::state_type state{};
    for (const look& l : path) {
      const auto got = TestFixture::guard.step(state, l.seen(), l.now);
      ASSERT_EQ(got.verdict == trust::ok, got.why == doubt::none);
      ++(got.verdict == trust::ok ? believed : doubted);
      state = got.state;
    }
  });
  EXPECT_GT(believed, 100U) << "or the grid shows nothing";
  EXPECT_GT(doubted, 100U);
}

TYPED_TEST_P(OracleGuardLaws, ThePriceUnitDoesNotMatter) {
  static constexpr double factor = 0x1p40;
  static constexpr auto in_other_unit = TestFixture::guard_in_other_unit(factor);
  this->for_paths([](const auto& path) {
    typename TestFixture::state_type state{}, scaled_state{};
    for (const look& l : path) {
      const look scaled = l.in_other_unit(factor);
      const auto plain = TestFixture::guard.step(state, l.seen(), l.now);
      const auto other = in_other_unit.step(scaled_state, scaled.seen(), scaled.now);
      ASSERT_EQ(plain.verdict, other.verdict);
      ASSERT_EQ(plain.why, other.why);
      state = plain.state;
      scaled_state = other.state;
    }
  });
}

TYPED_TEST_P(OracleGuardLaws, TheEpochDoesNotMatter) {
  this->for_paths([](const auto& path) {
    typename TestFixture::state_type state{}, shifted_state{};
    for (const look& l : path) {
      const look shifted = l.later(seconds{-1'000'000});
      const auto plain = TestFixture::guard.step(state, l.seen(), l.now);
      const auto other = TestFixture::guard.step(shifted_state, shifted.seen(), shifted.now);
      ASSERT_EQ(plain.verdict, other.verdict);
      ASSERT_EQ(plain.why, other.why);
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
    for (const look& l : path) {
      const auto plain = TestFixture::guard.step(state, l.seen(), l.now);
      const auto one = once.step(once_state, l.seen(), l.now);
      const auto two = twice.step(twice_state, l.seen(), l.now);
      ASSERT_EQ(one.verdict, plain.verdict);
      ASSERT_EQ(two.verdict, plain.verdict);
      ASSERT_EQ(one.why, plain.why);
      ASSERT_EQ(two.why, plain.why);
      state = plain.state;
      once_state = one.state;
      twice_state = two.state;
    }
  });
}

TYPED_TEST_P(OracleGuardLaws, WhatIsNoPriceIsNeverBelieved) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  this->for_sources([&](std::size_t source) {
    for (const double bad : {nan, 0.0, -0.0, -1.0, infinity, -infinity}) {
      look l{TestFixture::start};
      l.all()[source]->price = bad;
      if (source == 2 || source == 3) l.others[0].price = l.others[1].price = bad;  // one of them may be spared
      const auto got = this->judge(l);
      EXPECT_NE(got.verdict, trust::ok) << source << ' ' << bad;
      EXPECT_NE(got.why, doubt::none) << source << ' ' << bad;
      // ... nor a first look, nor what it leaves behind: the next sound look is judged as if it had not been.
      EXPECT_NE(TestFixture::guard.step({}, l.seen(), l.now).verdict, trust::ok) << source << ' ' << bad;
      const look sound{TestFixture::start + seconds{12}};
      EXPECT_EQ(TestFixture::guard.step(got.state, sound.seen(), sound.now).verdict, trust::ok) << source << ' ' << bad;
    }
  });
}

TYPED_TEST_P(OracleGuardLaws, WhatIsStaleDownOrFromTheFutureIsNeverBelieved) {
  constexpr unsigned bits[] = {reads_protocol_age, reads_reference_age, reads_others,     reads_others,
                               reads_average,      reads_contractual,   reads_executable, reads_next};
  for (std::size_t source = 0; source < 8; ++source) {
    if ((TypeParam::reads & bits[source]) == 0) continue;
    // `next` is from the future by its nature, though not by a year.
    for (const timestamp at : {TestFixture::start - year, TestFixture::start + year}) {
      look l{TestFixture::start};
      l.all()[source]->at = at;
      if (source == 2 || source == 3) l.others[0].at = l.others[1].at = at;
      EXPECT_NE(this->judge(l).verdict, trust::ok) << source << ' ' << unix_seconds(at);
    }
    look silent{TestFixture::start};
    silent.all()[source]->at = never;
    if (source == 2 || source == 3) silent.others[0].at = silent.others[1].at = never;
    EXPECT_NE(this->judge(silent).verdict, trust::ok) << source << " a price without a time";
  }
  if ((TypeParam::reads & reads_sequencer) != 0) {
    look l{TestFixture::start};
    for (const timestamp since : {never, TestFixture::start - year, TestFixture::start, TestFixture::start + year}) {
      l.sequencer = {false, since};
      EXPECT_NE(this->judge(l).verdict, trust::ok);
    }
    l.sequencer = {true, TestFixture::start + seconds{1}};
    EXPECT_NE(this->judge(l).verdict, trust::ok);
  }
}

TYPED_TEST_P(OracleGuardLaws, MovingASourceFartherAwayNeverEndsADoubt) {
  this->for_sources([&](std::size_t source) {
    for (const bool up : {true, false}) {
      bool doubted = false;
      for (const double factor :
           {1.0, 1.0001, 1.001, 1.005, 1.01, 1.02, 1.03, 1.05, 1.1, 1.25, 2.0, 10.0, 1e6, 1e100}) {
        look l{TestFixture::start};
        l.all()[source]->price *= up ? factor : 1.0 / factor;
        const bool believed = this->judge(l).verdict == trust::ok;
        EXPECT_FALSE(doubted && believed) << source << ' ' << factor;
        doubted = doubted || !believed;
      }
      EXPECT_TRUE(doubted || this->settled_by_others(source)) << source << (up ? " up" : " down");
    }
  });
}

TYPED_TEST_P(OracleGuardLaws, GrowingOlderNeverEndsADoubt) {
  for (std::size_t source = 0; source < 7; ++source) {
    bool doubted = false;
    for (long long age = 0; age < 20'000; age = age * 5 / 4 + 1) {
      look l{TestFixture::start};
      l.all()[source]->at -= seconds{age};
      const bool believed = this->judge(l).verdict == trust::ok;
      EXPECT_FALSE(doubted && believed) << source << ' ' << age;
      doubted = doubted || !believed;
    }
  }
}

TYPED_TEST_P(OracleGuardLaws, TheFairPriceIsOneOfTheTwo) {
  this->for_paths([](const auto& path) {
    typename TestFixture::state_type state{};
    for (const look& l : path) {
      const quote seen = l.seen();
      const auto said = TestFixture::guard.step(state, seen, l.now);
      const double sold = fair_price(seen, said.verdict, leg::sold),
                   bought = fair_price(seen, said.verdict, leg::bought);
      ASSERT_TRUE(sold == seen.protocol.price || sold == seen.reference.price);
      ASSERT_TRUE(bought == seen.protocol.price || bought == seen.reference.price);
      ASSERT_LE(sold, bought);
      ASSERT_EQ(reason_of(said.verdict) == errc::ok, said.verdict == trust::ok);
      for (const double bad : {0.0, -1.0, infinity}) {
        quote spoilt = seen;
        spoilt.reference.price = bad;
        ASSERT_EQ(fair_price(spoilt, TestFixture::guard.step(state, spoilt, l.now).verdict, leg::sold),
                  seen.protocol.price);
      }
      state = said.state;
    }
  });
}

REGISTER_TYPED_TEST_SUITE_P(OracleGuardLaws, IsAGuardWithASoundConfiguration,
                            FreshSourcesThatAgreeAndStandStillAreBelieved, ADoubtStandsExactlyWithAVerdictThatIsNotOk,
                            ThePriceUnitDoesNotMatter, TheEpochDoesNotMatter, AloneOrTwiceInAllOfItSaysTheSame,
                            WhatIsNoPriceIsNeverBelieved, WhatIsStaleDownOrFromTheFutureIsNeverBelieved,
                            MovingASourceFartherAwayNeverEndsADoubt, GrowingOlderNeverEndsADoubt,
                            TheFairPriceIsOneOfTheTwo);

}  // namespace trimtab::laws
