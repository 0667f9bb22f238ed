/* libxml2 without ICU: ICU's headers clash with Foundation's. */
#ifndef PARLEY_CLIBXML2_SHIM_H
#define PARLEY_CLIBXML2_SHIM_H

#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED
#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlschemas.h>
#include <libxml/xmlwriter.h>

/* Reads HTML of any quality, silently, without touching the network. NULL when nothing can be made of it. */
static inline htmlDocPtr cxml_html(const char *bytes, int count) {
    int options = HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                  HTML_PARSE_COMPACT;
    return htmlReadMemory(bytes, count, NULL, "UTF-8", options);
}

static inline void cxml_release(xmlDocPtr document) { xmlFreeDoc(document); }

/* xmlFree is a variable in libxml2, which Swift cannot call safely. */
static inline void cxml_release_text(xmlChar *text) { xmlFree(text); }

#endif
