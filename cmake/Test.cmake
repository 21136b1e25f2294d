# One ctest for each test program or script, named label/file; labels drive the presets.
#   tests/unit/FOLDER_NAME.c       Criterion, linked with the layer FOLDER and what that uses
#                                  (..._guards.c: with the second build of them, base/guard.h)
#   tests/property/*.c threads/*.c plain programs with main, linked alike
#   tests/fuzz/FOLDER_NAME.c       LLVMFuzzerTestOneInput; its corpus (tests/fuzz/corpus/FOLDER_NAME)
#                                  is replayed, or with CNIS_FUZZ it becomes a libFuzzer program
#   tests/LABEL/*.sh               scripts: lint, integration, crash, browser; one whose name ends in
#                                  _alone runs with nothing beside it (it measures time)
# Every test runs in the source folder with SOURCE_DIR, BUILD_DIR and BIN_DIR set, and may leave
# files only in a temporary folder. Exit 77 means skipped.
enable_testing()

# Libraries that a test may use whatever its layer: to read an answer, to check a vector.
set(TEST_LIBS jansson sodium sqlite3 pthread)

# The layer that a test belongs to, by its name up to the first underscore; all of them if none.
function(test_layers ret name)
  get_property(layers GLOBAL PROPERTY LAYERS)
  string(REGEX REPLACE "_.*" "" folder ${name})
  if(NOT folder IN_LIST layers)
    set(${ret} "${layers}" PARENT_SCOPE)
    return()
  endif()
  get_property(uses GLOBAL PROPERTY LAYER_${folder}_USES)
  set(used ${folder} ${uses})
  if(folder MATCHES "^(crypto|custodian)$")
    list(APPEND used crypto_custody)
  endif()
  set(${ret} "${used}" PARENT_SCOPE)
endfunction()

function(test_settings name label)
  set_tests_properties(${name} PROPERTIES
    LABELS ${label}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    SKIP_RETURN_CODE 77
    # Criterion prints a leak and passes.
    FAIL_REGULAR_EXPRESSION "ERROR: [A-Za-z]+Sanitizer;runtime error:"
    ENVIRONMENT
    "SOURCE_DIR=${PROJECT_SOURCE_DIR};BUILD_DIR=${PROJECT_BINARY_DIR};BIN_DIR=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
endfunction()

function(test_program label source)
  cmake_parse_arguments(PARSE_ARGV 2 arg "" "" "EXTRA;ARGS;LIBS")
  get_filename_component(name ${source} NAME_WE)
  set(target ${label}_${name})
  test_layers(layers ${name})
  list(REMOVE_DUPLICATES layers)
  view_make(${target} ${layers})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/tests ${VIEWS}/${target}/tests SYMBOLIC)
  add_executable(${target} ${source} ${arg_EXTRA})
  if(TARGET test_support)
    target_link_libraries(${target} PRIVATE test_support)
  endif()
  set_target_properties(${target} PROPERTIES
    C_EXTENSIONS ON RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  target_compile_options(${target} PRIVATE ${TEST_WARNINGS} -D_GNU_SOURCE=)
  target_include_directories(${target} PRIVATE ${VIEWS}/${target})
  set(variant product)
  if(name MATCHES "_guards$")
    set(variant guards)
    target_compile_definitions(${target} PRIVATE CNIS_TEST_GUARDS)
  endif()
  foreach(layer IN LISTS layers)
    variant_name(library ${layer} ${variant})
    if(TARGET ${library})
      target_link_libraries(${target} PRIVATE ${library})
    endif()
  endforeach()
  target_link_libraries(${target} PRIVATE ${arg_LIBS} ${TEST_LIBS})
  add_test(NAME ${label}/${name} COMMAND ${target} ${arg_ARGS})
  test_settings(${label}/${name} ${label})
endfunction()

# tests/support/*.c: what several tests share; it may see every layer.
function(test_support)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/support/*.c)
  if(NOT sources)
    return()
  endif()
  get_property(layers GLOBAL PROPERTY LAYERS)
  view_make(test_support ${layers})
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/tests ${VIEWS}/test_support/tests SYMBOLIC)
  add_library(test_support STATIC ${sources})
  set_target_properties(test_support PROPERTIES C_EXTENSIONS ON)
  target_compile_options(test_support PRIVATE ${TEST_WARNINGS} -D_GNU_SOURCE=)
  target_include_directories(test_support PRIVATE ${VIEWS}/test_support)
endfunction()

function(fuzz_program source)
  get_filename_component(name ${source} NAME_WE)
  set(corpus ${PROJECT_SOURCE_DIR}/tests/fuzz/corpus/${name})
  if(CNIS_FUZZ)
    test_program(fuzz ${source} ARGS -runs=0 ${corpus})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  else()
    test_program(fuzz ${source} EXTRA ${PROJECT_SOURCE_DIR}/tests/fuzz/replay/main.c ARGS ${corpus})
  endif()
endfunction()

function(tests)
  test_support()
  if(CNIS_CONSOLE)
    set(browser browser)
  endif()
  set(labels unit property threads fuzz)
  if(CNIS_SANITIZE STREQUAL "thread")
    set(labels threads) # Criterion does not run under it
  elseif(CNIS_ANALYSE)
    set(labels) # only the product is looked at
  endif()
  foreach(label IN LISTS labels)
    file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${label}/*.c)
    if(NOT CNIS_GUARDED)
      list(FILTER sources EXCLUDE REGEX "_guards\\.c$")
    endif()
    if(NOT CNIS_CONSOLE)
      list(FILTER sources EXCLUDE REGEX "/console_")
    endif()
    foreach(source IN LISTS sources)
      if(label STREQUAL "fuzz")
        fuzz_program(${source})
      elseif(label STREQUAL "unit")
        test_program(unit ${source} LIBS criterion)
      else()
        test_program(${label} ${source})
      endif()
    endforeach()
  endforeach()
  foreach(label lint integration crash ${browser})
    file(GLOB scripts CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/tests/${label}/*.sh)
    foreach(script IN LISTS scripts)
      get_filename_component(name ${script} NAME_WE)
      add_test(NAME ${label}/${name} COMMAND bash ${script})
      test_settings(${label}/${name} ${label})
      if(name MATCHES "_alone$")
        set_tests_properties(${label}/${name} PROPERTIES RUN_SERIAL ON)
      endif()
    endforeach()
  endforeach()
endfunction()

# cmake --build DIR --target proof: what ./test takes a share of, in full, and the pages that say what
# was found; the last good ones are in docs/evidence.
function(proof)
  set(commands "")
  set(programs "")
  foreach(pair decide/loss:proof mutants:mutants coverage:coverage)
    string(REGEX REPLACE ":.*" "" names ${pair})
    string(REGEX REPLACE ".*:" "" page ${pair})
    string(REPLACE "/" ";" names ${names})
    set(files "")
    foreach(name IN LISTS names)
      if(NOT TARGET property_policy_${name})
        return()
      endif()
      list(APPEND programs property_policy_${name})
      list(APPEND files $<TARGET_FILE:property_policy_${name}>)
    endforeach()
    list(APPEND commands COMMAND sh -c
      "made=$1 page=$2; shift 2; for program; do \"$program\" all || exit 1; done >\"$made\" && cp \"$made\" \"$page\""
      proof ${PROJECT_BINARY_DIR}/policy-${page}.md
      ${PROJECT_SOURCE_DIR}/docs/evidence/policy-${page}.md ${files})
  endforeach()
  add_custom_target(proof ${commands}
    WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
    DEPENDS ${programs}
    USES_TERMINAL VERBATIM)
endfunction()

# cmake --build DIR --target oracle: another engine decides what this one decides (tests/oracle/run.js;
# needs npm, takes minutes). Writes tests/oracle/verdicts.txt, which ./test replays, and
# docs/evidence/policy-oracle.md.
function(oracle)
  if(TARGET property_policy_oracle)
    add_custom_target(oracle
      COMMAND ${PROJECT_SOURCE_DIR}/tests/tools/node ${PROJECT_SOURCE_DIR}/tests/oracle/run.js
        $<TARGET_FILE:property_policy_oracle>
      WORKING_DIRECTORY ${PROJECT_SOURCE_DIR}
      DEPENDS property_policy_oracle
      USES_TERMINAL VERBATIM)
  endif()
endfunction()
