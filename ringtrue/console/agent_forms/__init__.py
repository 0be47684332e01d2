"""The forms in which a business is described, one file each. A form edits one part of `agents.Agent.draft`."""

from ringtrue.console.agent_forms import area, basics, greeting, handling, hours, offered_services, people, questions
from ringtrue.console.agent_forms.section import Section

SECTIONS: tuple[Section, ...] = (
    basics.SECTION,
    hours.SECTION,
    offered_services.SECTION,
    area.SECTION,
    questions.SECTION,
    greeting.SECTION,
    handling.SECTION,
    people.SECTION,
)
BY_SLUG = {section.slug: section for section in SECTIONS}
